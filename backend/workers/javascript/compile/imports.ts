import type { ExportAllDeclaration, ExportNamedDeclaration, ImportAttribute, ImportDeclaration, Literal } from 'acorn';

export interface ImportOptions {
  /** The parameter of the wrapped script. */
  readonly frame: string;
  /** Whether a name that the module lacks is an error; types that were not marked as such are none. */
  readonly required: (localName: string) => boolean;
}

/** A static import as an awaited dynamic one that assigns its names. */
export function importCode(node: ImportDeclaration, { frame, required }: ImportOptions): string {
  const call = `await import(${dynamicArguments(node.source, node.attributes)})`;
  const members: string[] = [];
  const checked: string[] = [];
  let namespace: string | undefined;
  for (const specifier of node.specifiers) {
    const local = specifier.local.name;
    if (specifier.type === 'ImportNamespaceSpecifier') {
      namespace = local;
      continue;
    }
    const imported = specifier.type === 'ImportDefaultSpecifier' ? 'default' : exportedName(specifier.imported);
    members.push(`${JSON.stringify(imported)}:${local}`);
    if (required(local)) checked.push(imported);
  }
  const module = checked.length > 0 ? `${frame}.pick(${call},${JSON.stringify(checked)},${node.source.raw})` : call;
  const assigned = namespace === undefined ? module : `${namespace}=${module}`;
  return members.length === 0 ? `${assigned};` : `({${members.join()}}=${assigned});`;
}

/** `export … from`: a cell has no exports, but the module is loaded. */
export function reexportCode(node: ExportAllDeclaration | ExportNamedDeclaration): string {
  return node.source ? `await import(${dynamicArguments(node.source, node.attributes)});` : '';
}

function dynamicArguments(source: Literal, attributes: readonly ImportAttribute[] = []): string {
  if (attributes.length === 0) return source.raw ?? JSON.stringify(source.value);
  const entries = attributes.map(
    ({ key, value }) => `${JSON.stringify(exportedName(key))}:${JSON.stringify(value.value)}`,
  );
  return `${source.raw},{with:{${entries.join()}}}`;
}

function exportedName(node: { type: 'Identifier'; name: string } | Literal): string {
  return node.type === 'Identifier' ? node.name : String(node.value);
}
