import { toJsxRuntime } from "hast-util-to-jsx-runtime";
import { Fragment, jsx, jsxs } from "react/jsx-runtime";
import { renderToStaticMarkup } from "react-dom/server";
import rehypeRaw from "rehype-raw";
import rehypeSanitize from "rehype-sanitize";
import remarkParse from "remark-parse";
import remarkRehype from "remark-rehype";
import { unified } from "unified";
import { VFile } from "vfile";
import { expect, test } from "vitest";
import { GlassboxFence, GlassboxLab } from "./react.tsx";
import { rehypeGlassbox } from "./rehype.ts";

const site = "https://labs.example.org";

/** The pipeline of a blog that sanitizes its articles and maps elements to components. */
async function article(markdown: string) {
  const pipeline = unified()
    .use(remarkParse)
    .use(remarkRehype, { allowDangerousHtml: true })
    .use(rehypeRaw)
    .use(rehypeSanitize)
    .use(rehypeGlassbox, { site, defaults: { lang: "en" } });
  const file = new VFile(markdown);
  const tree = await pipeline.run(pipeline.parse(file), file);
  const components = { "glassbox-lab": GlassboxLab };
  // biome-ignore lint/suspicious/noExplicitAny: the components map is keyed by HTML's own elements.
  const page = toJsxRuntime(tree as never, { Fragment, jsx, jsxs, components: components as any });
  return { html: renderToStaticMarkup(page), messages: file.messages.map(({ reason }) => reason) };
}

test("a fence survives sanitizing and becomes the component", async () => {
  const { html, messages } = await article("# One\n\n```glassbox\nlab: pid-namespace\npanel: tree\n```\n\nTwo\n");
  expect(messages).toEqual([]);
  expect(html).toContain("<h1>One</h1>");
  expect(html).toMatch(/<glassbox-lab site="https:\/\/labs\.example\.org" lab="pid-namespace" panel="tree" lang="en"/);
  expect(html).toContain(`href="${site}/en/embed/pid-namespace/?panel=tree&amp;theme=dark"`);
  expect(html).not.toContain("<pre>");
});

test("in a list and in a quote as well; other fences stay", async () => {
  const { html } = await article(
    "- a\n\n  ```glassbox\n  lab: sandbox\n  ```\n\n> ```glassbox\n> panel: glass\n> ```\n\n```bash\nps\n```",
  );
  expect(html.match(/<glassbox-lab/g)).toHaveLength(2);
  expect(html).toContain("language-bash");
});

test("a fence with a mistake stays a code block and says so", async () => {
  const { html, messages } = await article("```glassbox\nlab: pid-namespaces\n```");
  expect(html).toContain("<pre>");
  expect(messages).toEqual(["glassbox: lab: pid-namespaces: want one of sandbox, pid-namespace"]);
});

test("the element written as HTML is stripped, as a frame is", async () => {
  const { html } = await article(
    '<glassbox-lab site="https://evil.example"></glassbox-lab>\n\n<iframe src="x"></iframe>\n\nend',
  );
  expect(html).not.toMatch(/glassbox-lab|iframe/);
});

test("panels and commands come through, as text only", async () => {
  const { html } = await article('```glassbox\npanels: layers, log\ncommand: echo "<b>"\ncommand: docker ps\n```');
  expect(html).toContain('panels="layers,log"');
  expect(html).toContain('command="echo &quot;&lt;b&gt;&quot;\ndocker ps"');
  expect(html).toContain("?panels=layers,log&amp;theme=dark&amp;command=echo+%22%3Cb%3E%22&amp;command=docker+ps");
});

test("the component takes lists as arrays or as text, and names what does not fit", () => {
  const props = { site, panels: ["network", "log"], command: ["docker ps"] } as const;
  const fromArrays = renderToStaticMarkup(<GlassboxLab {...props} />);
  expect(fromArrays).toBe(renderToStaticMarkup(<GlassboxLab site={site} panels="network, log" command="docker ps" />));
  expect(fromArrays).toContain('panel="network"');
  const wrong = renderToStaticMarkup(<GlassboxLab site={site} panels="network, netwrok" />);
  expect(wrong).toMatch(/^<p role="alert">glassbox: panels: netwrok: want one of /);
});

test("a site that routes fences itself hands over the fence's text", () => {
  const html = renderToStaticMarkup(<GlassboxFence site={site} code={"lab: sandbox\nheight: 400"} />);
  expect(html).toContain('height="400"');
  expect(html).toContain(`${site}/ko/embed/sandbox/`);
  expect(renderToStaticMarkup(<GlassboxFence site={site} code="lab: nothing" />)).toContain(
    "lab: nothing: want one of",
  );
});
