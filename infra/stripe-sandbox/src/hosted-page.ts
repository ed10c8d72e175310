/** The look of the pages that Stripe would host and that the sandbox serves in its place. */
import type { FastifyReply } from 'fastify';

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}

function pageOf(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; background: #f5f6f8; color: #1d2433; }
main { max-width: 26rem; margin: 12vh auto 0; padding: 2rem; background: #fff; border-radius: 12px; box-shadow: 0 6px 30px #0002; }
h1 { font-size: 1.25rem; margin: 0 0 .5rem; }
button { font: inherit; width: 100%; padding: .75rem; margin-top: .75rem; border: 0; border-radius: 8px; cursor: pointer; }
button[value=complete] { background: #1f6f4a; color: #fff; }
button[value=fail], button[value=leave] { background: #e9ebf0; color: #1d2433; }
</style>
</head>
<body><main><h1>${escapeHtml(title)}</h1>${content}</main></body>
</html>`;
}

/** Answers with a page; `title` is escaped, `content` is HTML. */
export function html(reply: FastifyReply, status: number, title: string, content: string): FastifyReply {
  return reply.code(status).type('text/html; charset=utf-8').send(pageOf(title, content));
}
