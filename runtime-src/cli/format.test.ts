import { describe, expect, test } from "vitest";
import { compileFormat, FRAME, formatRows, formatTable } from "./format.ts";
import { table } from "./table.ts";

const formatOne = (template: string, value: unknown) => compileFormat(template, { runFrame: FRAME })(value);

const web = {
  Id: "abc",
  Name: "/web",
  State: { Running: true, Pid: 12, Health: undefined },
  Config: { Env: ["A=1", "B=2"], Labels: { b: "2", a: "1", "com.x": "y" }, Cmd: null },
  Mounts: [{ Source: "/a" }, { Source: "/b" }],
  Label: (name: string) => `label ${name}`,
  Lazy: () => "late",
};

test.each([
  ["{{.Id}} {{ .State.Pid }}", "abc 12"],
  ["{{.State}}", "map[Health:<nil> Pid:12 Running:true]"],
  ["{{.Config.Env}} {{.Config.Labels}} {{.Config.Cmd}}", "[A=1 B=2] map[a:1 b:2 com.x:y] []"],
  ["{{json .Config.Env}}|{{json .State}}", '["A=1","B=2"]|{"Running":true,"Pid":12}'],
  ["{{range .Config.Env}}{{.}},{{end}}", "A=1,B=2,"],
  ["{{range $i, $e := .Config.Env}}{{$i}}={{$e}};{{end}}", "0=A=1;1=B=2;"],
  ["{{range $k, $v := .Config.Labels}}{{$k}}:{{$v}} {{end}}", "a:1 b:2 com.x:y "],
  ["{{range .Config.Cmd}}x{{else}}none{{end}}", "none"],
  ['{{range .Mounts}}{{if eq .Source "/b"}}{{break}}{{end}}{{.Source}}{{end}}', "/a"],
  ["{{if .State.Running}}up{{else}}down{{end}}", "up"],
  ["{{if .State.Health}}{{.State.Health.Status}}{{else if .State.Pid}}pid{{end}}", "pid"],
  ["{{with .State}}{{.Pid}}{{end}} {{with $s := .State}}{{$s.Pid}}{{$.Id}}{{end}}", "12 12abc"],
  ['{{index .Config.Labels "com.x"}} {{index .Config.Env 1}} {{(index .Mounts 0).Source}}', "y B=2 /a"],
  ['{{index .Config.Labels "none"}}.', "."],
  ["{{.Config.Labels.a}} {{.Config.Labels.none}}{{if .Config.Labels.none}}x{{end}}", "1 <no value>"],
  ["{{json .Lazy}}", '"late"'],
  ["{{len .Config.Env}} {{len .Name}}", "2 4"],
  ["{{println .Id .State.Pid}}x", "abc 12\nx"],
  ['{{printf "%-5s|%3d|%q|%v|%05.1f|%t%%" .Id 7 .Id .Config.Env 2.5 true}}', 'abc  |  7|"abc"|[A=1 B=2]|002.5|true%'],
  [
    '{{.Id | upper | printf "%s!"}} {{join .Config.Env "+"}} {{title "web site"}} {{lower "AB"}}',
    "ABC! A=1+B=2 Web Site ab",
  ],
  ['{{range split .Name "/"}}<{{.}}>{{end}}{{pad "x" 1 2}}{{truncate "abcdef" 3}}', "<><web> x  abc"],
  ["{{if and .State.Running (gt .State.Pid 10)}}yes{{end}}{{if or false (not true)}}no{{end}}", "yes"],
  ['{{if ne .Name "/web"}}a{{else}}b{{end}}{{if eq .State.Pid 1 12}}c{{end}}', "bc"],
  ["a {{- /* gone */ -}} b{{/* x */}}c {{- .Id -}} d", "abcabcd"],
  ["{{$x := 1}}{{range .Mounts}}{{$x = 2}}{{end}}{{$x}}", "2"],
  ['{{`raw}}`}}{{"a\\tb"}}', "raw}}a\tb"],
  ['{{.Label "com.x"}} {{.Lazy}} {{$.Lazy}}', "label com.x late late"],
  ['{{print 1 2 "x" 3}}', "1 2x3"],
  ["\\t\\n", "\t\n"],
])("%s", (template, text) => expect(formatOne(template, web)).toBe(text));

test("{{json .}} has what is computed, and not what wants an argument", () => {
  const { Label: _, ...fields } = web;
  expect(JSON.parse(formatOne("{{json .}}", web))).toEqual({
    ...fields,
    State: { Running: true, Pid: 12 },
    Lazy: "late",
  });
});

describe("what a template cannot say is docker's error", () => {
  test.each([
    ["{{.Nope}}", 'template parsing error: template: :1:2: executing "" at <.Nope>: map has no entry for key "Nope"'],
    ["x\n {{.State.Nope}}", 'template: :2:3: executing "" at <.State.Nope>: map has no entry for key "Nope"'],
    ["{{.Config.Labels.none.X}}", "nil pointer evaluating interface {}.X"],
    ["{{.State.Health.Status}}", "nil pointer evaluating interface {}.Status"],
    ["{{.toString}}", 'map has no entry for key "toString"'],
    ["{{.Mounts.length}}", "can't evaluate field length in type []interface {}"],
    ["{{.Id.X}}", "can't evaluate field X in type string"],
    ["{{nope .}}", 'template parsing error: template: :1: function "nope" not defined'],
    ["{{.Id", "unclosed action"],
    ["{{if .Id}}x", "unexpected EOF"],
    ["{{end}}", "unexpected {{end}}"],
    ["{{}}", "missing value for command"],
    ["{{if}}x{{end}}", "missing value for if"],
    ["{{.Id .Name}}", "can't give argument to non-function .Id"],
    ["{{$x}}", 'undefined variable "$x"'],
    ["{{break}}", "{{break}} outside {{range}}"],
    ["{{(.Id}}", "unclosed left paren"],
    ["{{len 3}}", "error calling len"],
    ["{{index .Config.Env 9}}", "index out of range"],
    ['{{"a}}', "unterminated quoted string"],
  ])("%s", (template, message) => expect(() => formatOne(template, web)).toThrow(message));
});

test("a field that a row has not is docker's error, with the type that it has there, whatever the other rows are", () => {
  const rows = [{ ID: "1" }];
  const words = `template parsing error: template: :1:2: executing "" at <.Nope>: can't evaluate field Nope in type *x.Context`;
  expect(() => formatRows("{{.Nope}}", rows, "*x.Context")).toThrow(words);
  expect(() => formatTable("{{.ID}}\\t{{.Nope}}", {}, rows, "*x.Context")).toThrow("can't evaluate field Nope");
  expect(formatRows("{{.Nope}}", [], "*x.Context")).toBe("");
});

test("rows, json a row, a table whose headings the template names", () => {
  const rows = [{ ID: "1", names: () => "web" }];
  expect(formatRows("{{.ID}}\\t{{.names}}", rows)).toBe("1\tweb\n");
  expect(formatRows("json", rows)).toBe('{"ID":"1","names":"web"}\n');
  const headings = { ID: "CONTAINER ID", names: "NAMES" };
  expect(formatTable("{{.ID}}\\t{{upper .names}}", headings, rows)).toEqual([
    ["CONTAINER ID", "NAMES"],
    ["1", "WEB"],
  ]);
});

test("columns: ten wide at least, three blanks between, the last as it is", () => {
  expect(table(["TAG", "ID", "X"], [["latest", "한글이다", "y"]])).toBe(
    "TAG       ID        X\nlatest    한글이다      y\n",
  );
  expect(table(["A", "B"], [["0123456789", "c"]])).toBe("A            B\n0123456789   c\n");
});
