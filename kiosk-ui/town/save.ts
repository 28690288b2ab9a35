/** A table as a file of the clerk's own. */

export function save(table: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(table);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
