// Checks of the repository itself that ESLint cannot make. Prints every finding and exits 1 when there is one.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const linesMax = 500;
const blobBytesMax = 1024 * 1024;
const drawers = new Set(['utils', 'util', 'common', 'shared', 'helpers', 'helper', 'types', 'misc']);
const unfinished = /\b(TODO|FIXME|XXX|HACK)\b|not implemented/i;

const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path !== '' && existsSync(join(root, path)));
const read = (path) => readFileSync(join(root, path), 'utf8');
const findings = [];
const report = (path, message) => findings.push(`${path}: ${message}`);

const isGenerated = (path) => path.includes('/gen/');
/** Module names that a text imports, statically or not. */
function importsOf(text) {
  const statement =
    /^(?:import|export)\s(?:[^;'"]*?\sfrom\s+)?['"]([^'"]+)['"]|\b(?:import|require)\(\s*'([^']+)'\s*\)/gm;
  return [...text.matchAll(statement)].map((match) => match[1] ?? match[2]);
}
const sources = tracked.filter((path) => /\.(ts|mjs|cjs)$/.test(path) && !isGenerated(path));
const libSources = sources.filter((path) => /^(libs|apps)\//.test(path) && path.endsWith('.ts'));
const packages = new Map(
  tracked
    .filter((path) => /^(libs|apps)\/[^/]+\/package\.json$/.test(path))
    .map((path) => [dirname(path), JSON.parse(read(path))]),
);

function checkFiles() {
  for (const path of tracked) {
    const folders = dirname(path).split('/');
    for (const folder of folders)
      if (drawers.has(folder)) report(path, `folder named '${folder}' says nothing: name the concept`);
    if (statSync(join(root, path)).size > blobBytesMax && path !== 'package-lock.json')
      report(path, 'larger than 1 MiB');
  }
  for (const path of sources) {
    const text = read(path);
    const lines = text.split('\n').length;
    if (lines > linesMax) report(path, `${lines} lines; ${linesMax} are the limit`);
    if (path !== 'tools/tidy/tidy.mjs' && unfinished.test(text))
      report(path, `unfinished: ${unfinished.exec(text)[0]}`);
  }
}

function checkLibFolders() {
  for (const [folder] of packages) {
    if (!existsSync(join(root, folder, 'README.md'))) report(folder, 'has no README.md');
    const entry = folder.startsWith('libs/') ? 'src/index.ts' : 'src/main.ts';
    if (!existsSync(join(root, folder, entry))) report(folder, `has no ${entry}`);
  }
  const table = read('libs/README.md');
  for (const [folder] of packages) {
    const name = folder.slice(5);
    if (folder.startsWith('libs/') && !table.includes(`\`${name}\``)) report('libs/README.md', `does not list ${name}`);
  }
}

/** Every workspace import is declared in package.json and in the tsconfig references, and every declaration is used. */
function checkDependencies() {
  const external = new Set();
  for (const [folder, manifest] of packages) {
    const used = new Set();
    const inside = tracked.filter((path) => path.startsWith(`${folder}/`) && path.endsWith('.ts'));
    for (const name of inside.flatMap((path) => importsOf(read(path)))) {
      if (name.startsWith('.') || name.startsWith('node:')) continue;
      used.add(
        name
          .split('/')
          .slice(0, name.startsWith('@') ? 2 : 1)
          .join('/'),
      );
    }
    const declared = new Set(Object.keys(manifest.dependencies ?? {}));
    const references = new Set(
      JSON.parse(read(`${folder}/tsconfig.json`)).references.map(({ path }) => normalize(join(folder, path))),
    );
    for (const name of used) {
      if (name.startsWith('@milena/')) {
        const target = `libs/${name.slice(8)}`;
        if (!packages.has(target)) report(folder, `imports ${name}, which is not a lib`);
        if (!references.has(target)) report(`${folder}/tsconfig.json`, `lacks a reference to ${target}`);
      } else external.add(name);
      if (!declared.has(name) && !isRootDevelopmentDependency(name))
        report(`${folder}/package.json`, `does not declare ${name}`);
    }
    for (const name of declared)
      if (!used.has(name)) report(`${folder}/package.json`, `declares ${name} but never imports it`);
    for (const target of references) {
      if (!used.has(`@milena/${target.slice(5)}`))
        report(`${folder}/tsconfig.json`, `references ${target} but never imports it`);
    }
  }
  const rootManifest = JSON.parse(read('package.json'));
  for (const name of Object.keys(rootManifest.dependencies)) {
    if (!external.has(name)) report('package.json', `depends on ${name}, which nothing imports`);
  }
  for (const [name, version] of Object.entries({ ...rootManifest.dependencies, ...rootManifest.devDependencies })) {
    if (!/^\d+\.\d+\.\d+$/.test(version)) report('package.json', `${name} is not pinned exactly`);
  }
}

function isRootDevelopmentDependency(name) {
  return name in JSON.parse(read('package.json')).devDependencies;
}

/** A source file that no other file imports is dead; declarations for a package without types are imported by its name. */
function checkDeadFiles() {
  const imported = new Set();
  for (const path of libSources) {
    for (const name of importsOf(read(path)).filter((each) => each.startsWith('.'))) {
      const target = normalize(join(dirname(path), name.replace(/\.js$/, '')));
      imported.add(`${target}.ts`).add(`${target}/index.ts`);
    }
  }
  const entry = /(\/src\/index\.ts|\/src\/main\.ts|\/testing\/index\.ts|\.spec\.ts|\.d\.ts|\/test\/.*\.ts)$/;
  for (const path of libSources) if (!entry.test(path) && !imported.has(path)) report(path, 'is imported by nothing');
}

/** Every exported symbol has a docstring on the line above it. */
function checkDocstrings() {
  for (const path of libSources) {
    if (/\.spec\.ts$|\/test\/|\/src\/main\.ts$/.test(path)) continue;
    const lines = read(path).split('\n');
    lines.forEach((line, index) => {
      const match =
        /^export (?:declare )?(?:abstract )?(?:async )?(?:function\*?|class|interface|type|const) (\w+)/.exec(line);
      if (match === null || lines[index - 1]?.trim().endsWith('*/')) return;
      const overloaded = lines
        .slice(0, index)
        .some((earlier) => new RegExp(`^export (async )?function ${match[1]}\\b`).test(earlier));
      const typeOfConst = /^export type/.test(line) && new RegExp(`^export const ${match[1]}\\b`, 'm').test(read(path));
      if (!overloaded && !typeOfConst) report(`${path}:${index + 1}`, `${match[1]} has no docstring`);
    });
  }
}

function checkLinks() {
  for (const path of tracked.filter((each) => each.endsWith('.md'))) {
    for (const match of read(path).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)) {
      if (/^[a-z]+:/.test(match[1])) continue;
      if (!existsSync(join(root, dirname(path), match[1]))) report(path, `broken link ${match[1]}`);
    }
  }
}

checkFiles();
checkLibFolders();
checkDependencies();
checkDeadFiles();
checkDocstrings();
checkLinks();
for (const finding of findings) console.error(finding);
console.error(
  findings.length === 0 ? `tidy: ${tracked.length} files, nothing to report` : `tidy: ${findings.length} findings`,
);
process.exit(findings.length === 0 ? 0 : 1);
