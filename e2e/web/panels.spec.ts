import { expect, test } from "./workbench-page.ts";

/** Each panel by role and label, as someone meets it who does not see the picture. */

test("panels are moved, enlarged and stay as they were arranged", async ({ workbench, page }) => {
  await workbench.open();
  const tree = page.getByRole("region", { name: "Process tree" });
  await page.getByRole("button", { name: "Move: Tree" }).click();
  await page.getByRole("button", { name: "middle" }).click();
  await expect(page.getByRole("tab", { name: "Tree", selected: true })).toBeVisible();
  await page.getByRole("tab", { name: "Glass" }).click();
  await expect(workbench.glass).toBeVisible();
  await expect(tree).toHaveCount(0);
  await page.getByRole("tab", { name: "Glass", selected: true }).press("ArrowLeft");
  await expect(page.getByRole("tab", { name: "Tree", selected: true })).toBeFocused();

  await page.getByRole("button", { name: "Enlarge: Tree" }).click();
  await expect(workbench.isolation).toBeHidden();
  await expect(workbench.screen).toBeVisible();
  await tree.press("Escape");
  await expect(workbench.isolation).toBeVisible();

  await page.reload();
  await expect(tree).toBeVisible();
  await page.getByRole("separator", { name: "Height of the bottom row" }).press("ArrowUp");
  await page.getByRole("button", { name: "Move: Tree" }).click();
  await page.getByRole("button", { name: "Put all back" }).click();
  await expect(workbench.glass).toBeVisible();
  await expect(tree).toBeVisible();
});

test("F6 goes from region to region, out of the terminal too", async ({ workbench, page }) => {
  await workbench.open();
  const box = workbench.screen.getByRole("textbox");
  await box.focus();
  await page.keyboard.press("F6");
  await expect(workbench.glass).toBeFocused();
  await page.keyboard.press("F6");
  await expect(page.getByRole("region", { name: "Process tree" })).toBeFocused();
  await page.keyboard.press("Shift+F6");
  await page.keyboard.press("Shift+F6");
  await expect(box).toBeFocused();
});

test("details tell all of a process, lead to its namespaces, and a signal is the kernel's to act on", async ({
  workbench,
  page,
}) => {
  await workbench.open();
  await workbench.run("docker run -d --name web -m 64M busybox sleep 600");
  const pane = workbench.glass.getByRole("region", { name: "The container's world: web" });
  await pane.getByRole("button", { name: /^sleep PID 1 inside/ }).click();
  const details = page.getByRole("region", { name: "Details", exact: true });
  await expect(details.getByRole("heading", { name: /^sleep\s*web$/ })).toBeVisible();
  await expect(details.getByRole("button", { name: "2 filter" })).toBeVisible();
  await expect(details.getByRole("list", { name: "CapEff" }).getByText("net_bind_service")).toBeVisible();
  await expect(details.getByRole("list", { name: "CapEff" }).getByText("sys_admin")).toHaveCount(0);

  await details.getByRole("button", { name: /^uts:\[\d+\]$/ }).click();
  await expect(details.getByRole("heading", { name: /^UTS/ })).toBeVisible();
  await expect(pane.getByRole("button", { name: /^UTS: its own/ })).toHaveAttribute("aria-pressed", "true");
  await details
    .getByRole("region", { name: "Processes" })
    .getByRole("button", { name: /^1 sleep/ })
    .click();

  await details.getByRole("button", { name: "SIGSTOP" }).click();
  await expect(details.getByRole("button", { name: /^T stopped/ })).toBeVisible();
  await details.getByRole("button", { name: "SIGCONT" }).click();
  await details.getByRole("button", { name: "Pause", exact: true }).click();
  await expect(pane.getByText("frozen")).toBeVisible();
  await details.getByRole("button", { name: "Unpause" }).click();
  await details.getByRole("button", { name: "SIGKILL" }).click();
  await expect(pane).toHaveCount(0);
});

test("a limit is changed where it stands, and a refused one says why in the kernel's words", async ({ workbench }) => {
  await workbench.open();
  await workbench.run("docker run -d --name web -m 64M busybox sleep 600");
  const { cgroup } = workbench;
  const memory = cgroup.getByRole("meter", { name: "Memory" });
  await expect(memory).toBeVisible();
  await cgroup.getByRole("button", { name: "Change memory.max" }).click();
  const field = cgroup.getByRole("textbox", { name: "memory.max" });
  await field.fill("a lot");
  await field.press("Enter");
  await expect(cgroup.getByText("EINVAL")).toBeVisible();
  await field.fill("40M");
  await field.press("Enter");
  await expect(cgroup.getByRole("button", { name: "40 MiB" })).toBeVisible();
  await expect(workbench.glass.getByText("40 MiB")).toBeVisible();
  await cgroup.getByRole("button", { name: "Change cpu.max" }).click();
  await cgroup.getByRole("textbox", { name: "cpu.max" }).fill("20%");
  await cgroup.getByRole("textbox", { name: "cpu.max" }).press("Enter");
  await expect(cgroup.getByRole("button", { name: "20 %" })).toBeVisible();
  await workbench.run("cat /sys/fs/cgroup/box/*/memory.max /sys/fs/cgroup/box/*/cpu.max");
  await expect(workbench.line(/^41943040$/)).toBeVisible();
  await expect(workbench.line(/^20000 100000$/)).toBeVisible();
});

test("two processes are compared namespace by namespace", async ({ workbench, page }) => {
  await workbench.open();
  await workbench.run("docker run -d --name one --hostname one busybox sleep 600");
  await page.getByRole("button", { name: "compare two" }).click();
  const region = page.getByRole("region", { name: "Isolation" });
  await expect(region.getByText("2 shared · 6 apart")).toBeVisible();
  await expect(region.getByText("both can listen on port 80")).toBeVisible();
  const second = region.getByRole("combobox", { name: "Second process" });
  const bash = second.getByRole("option", { name: /bash/ }).first();
  await second.selectOption((await bash.getAttribute("value")) ?? "");
  await expect(region.getByText("8 shared · 0 apart")).toBeVisible();
});

test("layers show what is copied up, made and whited out", async ({ workbench, page }) => {
  await workbench.open();
  await workbench.run("docker run -d --name web busybox sleep 600");
  await page.getByRole("tab", { name: "Layers" }).click();
  const layers = page.getByRole("region", { name: "Layers" });
  await workbench.run("docker exec web sh -c 'echo x >> /etc/passwd; rm /etc/group; echo new > /srv-made'");
  await expect(layers.getByRole("row", { name: /passwd.*copied up/ })).toBeVisible();
  await expect(layers.getByRole("row", { name: /group covered whiteout group group/ })).toBeVisible();
  await expect(layers.getByRole("row", { name: /srv-made 4 B srv-made/ })).toBeVisible();
  await expect(layers.getByText(/1 copied up · 1 new · 1 whited out/)).toBeVisible();
});

test("layers open on a container that has written something, and offer what to write", async ({ workbench, page }) => {
  await workbench.open();
  await workbench.run("docker run -d --name writer busybox sh -c 'echo x > /made; sleep 600'");
  await workbench.run("docker run -d --name idle busybox sleep 600");
  await page.getByRole("tab", { name: "Layers" }).click();
  const layers = page.getByRole("region", { name: "Layers" });
  await expect(layers.getByRole("combobox")).toHaveText(/idle/);
  await expect(layers.getByRole("combobox").locator("option:checked")).toHaveText("writer");
  await expect(layers.getByRole("row", { name: /^made 2 B made/ })).toBeVisible();
  await layers.getByRole("button", { name: /A new file appears/ }).click();
  await expect(layers.getByRole("row", { name: /^hello 0 B hello/ })).toBeVisible();
  await layers.getByRole("button", { name: /A whiteout covers/ }).click();
  await expect(layers.getByRole("row", { name: /group covered whiteout group/ })).toBeVisible();
});

test("the network map has namespaces, a wire for each veth pair, and moving counters", async ({ workbench, page }) => {
  await workbench.open();
  await workbench.run("docker run -d --name web busybox sleep 600");
  await page.getByRole("tab", { name: "Network" }).click();
  const map = page.getByRole("region", { name: "Network" });
  const inside = map.getByRole("region", { name: "web" });
  await expect(inside.getByRole("button", { name: /^eth0/ })).toBeVisible();
  await expect(map.getByRole("img", { name: /Wired: .*eth0/ })).toBeVisible();
  await inside.getByRole("button", { name: /^eth0/ }).click();
  const details = page.getByRole("region", { name: "Details", exact: true });
  await expect(details.getByRole("button", { name: "veth", exact: true })).toBeVisible();
  await details.getByRole("button", { name: /^veth\w+ net:/ }).click();
  await expect(
    map.getByRole("region", { name: "The host's world" }).getByRole("button", { pressed: true }),
  ).toBeVisible();
  await map.getByRole("button", { name: /Packets move/ }).click();
  await expect(inside.getByRole("button", { name: /^eth0 .*RX [1-9]/ })).toBeVisible();
});

test("a namespace that only a bind mount keeps stands as empty glass", async ({ workbench }) => {
  await workbench.open();
  await workbench.run("touch /tmp/kept; unshare --uts=/tmp/kept hostname kept-alive");
  const kept = workbench.glass.getByRole("region", { name: "Namespaces that live on without a process" });
  await expect(kept.getByRole("button", { name: /^UTS \d+ bind mount \/tmp\/kept/ })).toBeVisible();
  await workbench.run("umount /tmp/kept");
  await expect(kept).toHaveCount(0);
});

test("on a phone each panel has its heading, and the timeline is a list with a slider", async ({ workbench, page }) => {
  await page.setViewportSize({ width: 360, height: 800 });
  await workbench.open();
  await workbench.run("docker run -d --name web busybox sleep 600");
  const bar = page.getByRole("navigation", { name: "Panels" });
  const names = [
    ...["Glass view", "Process tree", "Isolation", "cgroup", "Details", "Layers", "Network"],
    ...["Port preview", "Timeline"],
  ];
  const buttons = await bar.getByRole("button").allTextContents();
  for (const [at, name] of names.entries()) {
    await bar.getByRole("button", { name: buttons[at], exact: true }).click();
    await expect(
      page.getByRole("region", { name, exact: true }).getByRole("heading", { name, exact: true }),
    ).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), name).toBeLessThanOrEqual(0);
  }
  await workbench.rewind();
  await page.getByRole("button", { name: /^Rewound · .* ago/ }).click();
  await workbench.timeline
    .getByRole("button", { name: /execve/ })
    .first()
    .click();
  await expect(workbench.timeline.getByRole("region", { name: "Details" })).toContainText("runtime-src/");
});

/** What a screen reader is told of the page's shape; pictures of it would change with every figure. */
test("the page keeps its shape for a screen reader", async ({ workbench, page }) => {
  await workbench.open();
  await expect(page.getByRole("main")).toMatchAriaSnapshot(`
    - main:
      - heading /Glassbox/ [level=1]
      - region "Terminals":
        - tablist "Terminals":
          - tab "Host" [selected]
          - tab "Second terminal"
          - tab "Kernel log"
      - separator "Terminal width"
      - region "Glass view":
        - heading "Glass view" [level=2]
        - tablist "Panels":
          - tab "Glass" [selected]
          - tab "Layers"
          - tab "Network"
        - heading /The host's world/ [level=3]
      - separator "Height below the terminal"
      - region "Process tree":
        - heading "Process tree" [level=2]
        - table /Every process/
      - complementary:
        - separator "Width of the right column"
        - region "Isolation":
          - heading "Isolation" [level=2]
          - button "compare two"
          - table /eight namespaces/
        - region "cgroup":
          - list "Choose a cgroup"
          - heading "Memory" [level=3]
          - meter "Memory"
        - region "Where does this come from?"
      - separator "Height of the bottom row"
      - region "Timeline":
        - heading "Timeline" [level=2]
        - group "Filter the timeline"
  `);
  await page.getByRole("tab", { name: "Log", exact: true }).click();
  const log = page.getByRole("region", { name: "Kernel log", exact: true });
  await expect(log).toMatchAriaSnapshot(`
    - region "Kernel log":
      - heading "Kernel log" [level=2]
      - log "Lines of the kernel"
  `);
  await expect(log).toHaveCount(1);
});
