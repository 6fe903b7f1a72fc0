import { expect, test } from "./embed-host.ts";

test("nothing of the guest is asked for before the reader presses start", async ({ embedHost, article, baseURL }) => {
  const { page, lab } = embedHost;
  await page.goto(await article(`<iframe src="${baseURL}/en/embed/pid-namespace/" width="900" height="560"></iframe>`));
  await expect(lab.getByRole("heading", { name: "The moment a shell becomes PID 1" })).toBeVisible();
  await expect(lab.getByText(/downloads \d+\.\d MB/)).toBeVisible();
  await page.waitForLoadState("networkidle");
  expect(embedHost.ofGuest()).toEqual([]);
  const early = (await Promise.all(embedHost.scripts)).join("\n");
  expect(early, "the terminal's code is in none of the poster's scripts").not.toContain("xterm-helper-textarea");

  await lab.getByRole("button", { name: "Start" }).click();
  await expect(lab.getByText("Live", { exact: true })).toBeVisible();
  expect(embedHost.ofGuest().length).toBeGreaterThan(0);
  const late = (await Promise.all(embedHost.scripts)).join("\n");
  expect(late, "the terminal's code came with the start").toContain("xterm-helper-textarea");
  await lab.getByRole("button", { name: "Type it" }).click();
  await expect(lab.getByRole("region", { name: /^Lesson: / })).toHaveAttribute("data-passed", "1");
});

test("the element starts, drives and watches a lab for its page, and leaves the keyboard there", async ({
  embedHost,
  article,
  baseURL,
}) => {
  const { page, lab } = embedHost;
  const address = await article(`
    <button>mine</button>
    <glassbox-lab lab="sandbox" panel="tree" lang="en" theme="light"></glassbox-lab>
    <script src="${baseURL}/embed/glassbox-lab.js"></script>`);
  await page.goto(address);
  await page.getByRole("button", { name: "mine" }).focus();
  const element = page.locator("glassbox-lab");
  await element.evaluate(async (node: HTMLElementTagNameMap["glassbox-lab"]) => {
    node.start();
    await node.ready();
    await node.run("exec -a by-the-page sleep 300 &");
    await node.settled();
  });
  await expect(lab.getByRole("table").getByText("sleep")).toBeVisible();
  await expect(lab.locator("html")).toHaveAttribute("data-theme", "light");
  await expect(page.getByRole("button", { name: "mine" })).toBeFocused();
  const refused = await element.evaluate(async (node: HTMLElementTagNameMap["glassbox-lab"]) => {
    const frame = node.shadowRoot?.querySelector("iframe")?.contentWindow;
    for (const type of ["reset", "eval", "run"]) frame?.postMessage({ glassbox: 1, type, id: 9, command: "a\rb" }, "*");
    await node.run("true");
    return node.state;
  });
  expect(refused).toBe("ready");
});

test("a lab that is scrolled out of sight stands still and goes on when it is back", async ({
  embedHost,
  article,
  baseURL,
}) => {
  const { page, lab } = embedHost;
  await page.goto(
    await article(
      `<iframe src="${baseURL}/en/embed/sandbox/" width="900" height="500"></iframe><p style="height:4000px">far</p>`,
    ),
  );
  await lab.getByRole("button", { name: "Start" }).click();
  await expect(lab.getByText("Live", { exact: true })).toBeVisible();
  await page.evaluate(() => scrollTo(0, 3_000));
  await expect(lab.getByRole("status").getByText("Paused")).toHaveCount(1);
  await page.evaluate(() => scrollTo(0, 0));
  await expect(lab.getByText("Live", { exact: true })).toBeVisible();
});

test("an embed offers the panels that its address names and types its commands, again after a reset", async ({
  embedHost,
  article,
  baseURL,
}) => {
  const { page, lab } = embedHost;
  const query =
    "panels=layers,network&command=docker+run+-d+--name+web+busybox+sleep+600&command=docker+exec+web+touch+/x";
  await page.goto(
    await article(`<iframe src="${baseURL}/en/embed/sandbox/?${query}" width="900" height="560"></iframe>`),
  );
  await lab.getByRole("button", { name: "Start" }).click();
  const layers = lab.getByRole("region", { name: "Layers" });
  const made = layers.getByRole("row", { name: /^x 0 B x/ });
  await expect(made).toBeVisible();
  const choice = lab.getByRole("combobox", { name: "Panels" });
  await expect(choice.getByRole("option")).toHaveText(["Layers", "Network"]);
  await choice.selectOption("Network");
  await expect(lab.getByRole("region", { name: "Network" }).getByRole("region", { name: "web" })).toBeVisible();
  await choice.selectOption("Layers");
  await lab.getByRole("button", { name: "Reset" }).click();
  await expect(made).toHaveCount(0);
  await expect(made).toBeVisible();
});

test("an address with a mistake says so, and a start is not offered", async ({ embedHost, article, baseURL }) => {
  const { page, lab } = embedHost;
  const address = `${baseURL}/ko/embed/sandbox/?panels=glass,netwrok`;
  await page.goto(await article(`<iframe src="${address}" width="900" height="560"></iframe>`));
  await expect(lab.getByText("glassbox: panels: netwrok: want one of glass, tree, isolation")).toBeVisible();
  await expect(lab.getByRole("button")).toHaveCount(0);
  expect(embedHost.ofGuest()).toEqual([]);
});

test("the workbench's code embeds the scene that is on its screen", async ({ embedHost, article, baseURL }) => {
  const { page, lab } = embedHost;
  await page.goto(`${baseURL}/en/`);
  await page.waitForFunction(() => window.glassbox !== undefined);
  await page.evaluate(async () => {
    await window.glassbox?.ready();
    await window.glassbox?.run("docker run -d --name web busybox sleep 600");
    await window.glassbox?.run("docker exec web sh -c 'echo \"<b>\" > /srv-made'");
  });
  await page.getByRole("tab", { name: "Layers" }).click();
  await page.getByRole("button", { name: /^Change theme/ }).click();
  await page.getByRole("button", { name: "Put it in your blog" }).click();
  const dialog = page.getByRole("dialog", { name: "Put it in your blog" });
  await dialog.getByRole("checkbox", { name: "Timeline" }).uncheck();
  const fence = dialog.getByRole("region", { name: "Markdown fence" });
  await expect(fence).toContainText("panels: layers, tree, isolation, cgroup");
  await expect(fence).toContainText("command: docker run -d --name web busybox sleep 600");
  await expect(fence).toContainText("theme: light");
  const code = await dialog.getByRole("region", { name: "iframe" }).locator("pre").textContent();

  await page.goto(await article(code ?? ""));
  await lab.getByRole("button", { name: "Start" }).click();
  await expect(lab.getByRole("region", { name: "Layers" }).getByRole("row", { name: /srv-made 4 B/ })).toBeVisible();
  await expect(lab.locator("html")).toHaveAttribute("data-theme", "light");
  await expect(lab.getByRole("combobox", { name: "Panels" }).getByRole("option")).toHaveCount(4);
});

test("an element with a mistake says so instead of framing something", async ({ embedHost, article, baseURL }) => {
  const { page } = embedHost;
  await page.goto(
    await article(
      `<glassbox-lab lab="../../evil"></glassbox-lab><script src="${baseURL}/embed/glassbox-lab.js"></script>`,
    ),
  );
  await expect(page.getByText("glassbox: lab: ../../evil: want one of sandbox, pid-namespace")).toBeVisible();
  await expect(page.locator("iframe")).toHaveCount(0);
});
