// House style as a test: size, names, headers, words that must not stand in the code.
import ts from 'typescript';

const EMPTY_NAME = /(Manager|Helper|Utils?|Data|Info|Impl|Dto)$|^I[A-Z][a-z]/;

export const LIMITS = { fileLines: 300, columns: 100, functionLines: 60, parameters: 4 } as const;

/** Everything about this file that is against the house style, each with its line. */
export function untidy(file: string, source: string): string[] {
  return [...names(file), ...lines(file, source), ...functions(file, source)];
}

function names(file: string): string[] {
  const base = file.slice(file.lastIndexOf('/') + 1);
  if (/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*\.ts$/.test(base)) return [];
  return [`${file}: a file's name is kebab-case`];
}

function lines(file: string, source: string): string[] {
  const found: string[] = [];
  const all = source.split('\n');
  if (all.length - 1 > LIMITS.fileLines) {
    found.push(`${file}: ${all.length - 1} lines, at most ${LIMITS.fileLines}`);
  }
  if (!file.endsWith('.spec.ts') && !all[0]!.startsWith('//') && !all[0]!.startsWith('#!')) {
    found.push(`${file}:1: opens without saying what it guarantees`);
  }
  for (const [index, line] of all.entries()) {
    const at = `${file}:${index + 1}`;
    if (line.length > LIMITS.columns) found.push(`${at}: wider than ${LIMITS.columns} columns`);
    if (/\/\/\s*(TODO|FIXME|XXX|HACK)\b/.test(line)) found.push(`${at}: says it is not finished`);
    if (/^\s*\/\/\s*[-=*#─]{3,}/.test(line)) found.push(`${at}: a banner`);
    if (/^\s*\/\/\s*(const|let|if|return|await|import)\b.*[;{]\s*$/.test(line)) {
      found.push(`${at}: code that is commented out`);
    }
  }
  return found;
}

function functions(file: string, source: string): string[] {
  const parsed = ts.createSourceFile(file, source, ts.ScriptTarget.ES2023, true);
  const found: string[] = [];
  const lineOf = (position: number) => parsed.getLineAndCharacterOfPosition(position).line + 1;
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body) {
      const start = lineOf(node.getStart());
      const length = lineOf(node.end) - start + 1;
      if (length > LIMITS.functionLines && !isSuite(file)) {
        found.push(`${file}:${start}: a function of ${length} lines`);
      }
      if (node.parameters.length > LIMITS.parameters && !ts.isConstructorDeclaration(node)) {
        found.push(`${file}:${start}: ${node.parameters.length} parameters`);
      }
    }
    if (ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node)) {
      const name = node.name?.text ?? '';
      if (EMPTY_NAME.test(name)) {
        found.push(`${file}:${lineOf(node.getStart())}: the name ${name} says nothing`);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(parsed);
  return found;
}

/** The body of a `describe` is a list of tests, not a function to be read in one go. */
function isSuite(file: string): boolean {
  return file.endsWith('.spec.ts') || file.endsWith('-contract.ts');
}
