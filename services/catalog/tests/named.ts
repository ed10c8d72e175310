/** Rows for `test.each`, each with its first value as a name in front that is short enough to read. */
export const named = <First, Rest extends readonly unknown[]>(rows: readonly (readonly [First, ...Rest])[]): [string, First, ...Rest][] =>
  rows.map(([first, ...rest]) => {
    const name = JSON.stringify(first);
    return [name.length > 60 ? `${name.slice(0, 50)}… (${name.length})` : name, first, ...rest];
  });
