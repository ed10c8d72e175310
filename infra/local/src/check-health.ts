/** For a container's health check: exits 0 when this container's process answers 200 on the path that is given. */
const [path = '/'] = process.argv.slice(2);
const response = await fetch(`http://127.0.0.1:${process.env['PORT']}${path}`);
process.exitCode = response.ok ? 0 : 1;
