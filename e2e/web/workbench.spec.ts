import { expect, test } from "./workbench-page.ts";

test("a prompt appears and answers", async ({ workbench, page }) => {
  await workbench.open();
  await expect(page.getByRole("status").first()).toHaveText("Live");
  await workbench.run("echo $((6*7)) answers");
  await expect(workbench.line(/^42 answers$/)).toBeVisible();
});

test("the article's command shows PID 1, and a pane with both numbers appears", async ({ workbench }) => {
  await workbench.open();
  await expect(workbench.glass.getByText("No glass box yet")).toBeVisible();
  await workbench.run("sudo unshare --pid --fork --mount-proc bash");
  const chip = workbench.glass.getByRole("button", { name: /^bash PID 1 inside, PID \d+ outside/ });
  await expect(chip).toBeVisible();
  const outside = /PID (\d+) outside/.exec((await chip.textContent()) ?? "")?.[1] ?? "";
  await expect(workbench.treeRow(new RegExp(`^bash ${outside} 1 `))).toBeVisible();
  await expect(workbench.isolation.getByRole("row", { name: new RegExp(`^bash ${outside}`) })).toBeVisible();
  await workbench.run("ps -ef");
  await expect(workbench.line(/^root +1 +0 .*bash$/)).toBeVisible();
  await workbench.run("exit");
  await expect(chip).toHaveCount(0);
  await expect(workbench.glass.getByText("No glass box yet")).toBeVisible();
});

test("a container shows in all panels with both PIDs, and goes when it is killed", async ({ workbench }) => {
  await workbench.open();
  await workbench.run("docker run -d --name web -m 100M --hostname web busybox sleep 600");
  const pane = workbench.glass.getByRole("region", { name: "The container's world: web" });
  await expect(pane).toBeVisible();
  await expect(pane.getByText("100 MiB")).toBeVisible();
  const chip = pane.getByRole("button", { name: /^sleep PID 1 inside, PID \d+ outside/ });
  await expect(chip).toBeVisible();
  const outside = /PID (\d+) outside/.exec((await chip.textContent()) ?? "")?.[1] ?? "";
  await expect(workbench.treeRow(new RegExp(`^sleep ${outside} 1 .* web$`))).toBeVisible();
  const row = workbench.isolation.getByRole("row", { name: new RegExp(`^sleep ${outside}`) });
  await expect(row.getByRole("rowheader")).toContainText("web");
  await expect(row.getByRole("button", { name: /^PID: pid:\[\d+\]/ })).toBeVisible();
  await expect(row.getByRole("button", { name: "user: same as the host" })).toBeVisible();
  // Marks out of sight are not drawn: leave the steps alone on the line.
  const filters = workbench.timeline.getByRole("group", { name: "Filter the timeline" });
  for (const kind of ["processes", "namespaces", "cgroups"]) await filters.getByRole("button", { name: kind }).click();
  const step = workbench.timeline.getByRole("button", { name: /^execve/ }).last();
  await step.click();
  const detail = workbench.timeline.getByRole("region", { name: "Details" });
  await expect(detail).toContainText("runtime-src/container/");
  // What it marks is what the step does, not where its position is written down.
  await expect(detail.locator("[data-at]").first()).toContainText(/^\s*run\b/);
  await expect(detail).toContainText("man 2 execve");
  await expect(detail.getByRole("region", { name: "runtime source" })).toContainText("execve");

  await workbench.run("docker kill web");
  await expect(chip).toHaveCount(0);
  await expect(workbench.treeRow(new RegExp(`^sleep ${outside} `))).toHaveCount(0);
});

test("an OOM kill shows in meter, timeline and log", async ({ workbench, page }) => {
  await workbench.open();
  await workbench.run("docker run --name hungry -m 16M busybox tail /dev/zero");
  await expect(workbench.timeline.getByRole("button", { name: /OOM kill/ }).first()).toBeVisible();
  await page.getByRole("tab", { name: "Kernel log" }).click();
  await expect(workbench.log.getByText(/Killed process \d+ \(tail\)/)).toBeVisible();
});

test("an OOM kill inside a living container marks its meter", async ({ workbench }) => {
  await workbench.open();
  await workbench.run("docker run -d --name box1 -m 16M busybox sleep 600");
  await workbench.run("docker exec box1 tail /dev/zero");
  await expect(workbench.cgroup.getByText("1 OOM kill")).toBeVisible();
  await expect(workbench.cgroup.getByText(/hit the limit/)).toBeVisible();
});

test("a selection is lit everywhere", async ({ workbench }) => {
  await workbench.open();
  const chip = workbench.glass.getByRole("button", { name: /^init PID 1$/ });
  await chip.click();
  await expect(chip).toHaveAttribute("aria-pressed", "true");
  await expect(workbench.treeRow(/^init 1 /)).toHaveAttribute("aria-selected", "true");
  await expect(workbench.isolation.getByRole("row", { name: /^init/ })).toHaveAttribute("aria-selected", "true");
});

test("what is selected comes into sight in the other panels", async ({ workbench }) => {
  await workbench.open();
  await workbench.run("for i in $(seq 40); do sleep 600 & done");
  await workbench.run("docker run -d --name web busybox sleep 700");
  await expect(workbench.treeRow(/ web$/)).not.toBeInViewport();
  const web = workbench.glass.getByRole("region", { name: "The container's world: web" });
  await web.getByRole("button", { name: /^sleep/ }).click();
  await expect(workbench.treeRow(/ web$/)).toBeInViewport();
  await expect(workbench.treeRow(/ web$/)).toHaveAttribute("aria-selected", "true");
});

test("scrubbing back moves all panels to that moment, and Escape leads back to live", async ({ workbench }) => {
  await workbench.open();
  await workbench.run("docker run -d --name web -m 64M busybox sleep 600");
  const pane = workbench.glass.getByRole("region", { name: "The container's world: web" });
  await expect(pane).toBeVisible();
  const cursor = workbench.timeline.getByRole("slider", { name: "Moment shown" });
  await expect(cursor).toHaveAttribute("aria-valuetext", "Live");
  const present = workbench.page.getByText("Terminals show the present");
  await expect(present).toBeHidden();
  await cursor.press("Home");
  await expect(present).toBeVisible();
  await expect(pane).toHaveCount(0);
  await expect(workbench.treeRow(/^sleep /)).toHaveCount(0);
  await expect(workbench.isolation.getByRole("row")).toHaveCount(2);
  await expect(cursor).toHaveAttribute("aria-valuetext", /ago/);
  await expect(async () => {
    await cursor.press("ArrowRight");
    expect(await cursor.getAttribute("aria-valuetext")).toContain("rename write-state");
  }).toPass({ intervals: [5] });
  await expect(workbench.treeRow(/ web$/)).toBeVisible();
  await workbench.glass.getByRole("button", { name: /^init PID 1$/ }).press("Escape");
  await expect(pane).toBeVisible();
  await expect(cursor).toHaveAttribute("aria-valuetext", "Live");
  await expect(present).toBeHidden();
  await expect(workbench.timeline.getByRole("button", { name: "Back to live" })).toHaveCount(0);
});

test("scrubbing back shows the kernel log as it stood", async ({ workbench, page }) => {
  await workbench.open();
  await workbench.run("echo '<2>said early' > /dev/kmsg");
  await workbench.run("docker run --name hungry -m 16M busybox tail /dev/zero");
  await page.getByRole("tab", { name: "Kernel log" }).click();
  const early = workbench.log.getByText("said early");
  const killed = workbench.log.getByText(/Killed process \d+ \(tail\)/);
  await expect(killed).toBeVisible();
  await workbench.run("true");
  const cursor = workbench.timeline.getByRole("slider", { name: "Moment shown" });
  await cursor.press("Home");
  await expect(killed).toHaveCount(0);
  await expect(workbench.log.getByText("Up to this moment the kernel had not said anything.")).toBeVisible();
  await expect(async () => {
    await cursor.press("ArrowRight");
    expect(await cursor.getAttribute("aria-valuetext")).toContain("rename write-state");
  }).toPass({ intervals: [5] });
  await expect(early).toBeVisible();
  await expect(killed).toHaveCount(0);
  await cursor.press("End");
  await expect(killed).toBeVisible();
});

test("the timeline is filtered by kind and by container", async ({ workbench }) => {
  await workbench.open();
  await workbench.run("docker run --rm --name one busybox true");
  await workbench.run("docker run --rm --name two busybox true");
  const filters = workbench.timeline.getByRole("group", { name: "Filter the timeline" });
  // Marks out of sight are not drawn, and how many the kernel's looks put behind a step is a matter of time.
  for (const kind of ["namespaces", "processes", "cgroups"]) await filters.getByRole("button", { name: kind }).click();
  await expect(workbench.timeline.getByRole("button", { name: /^execve/ })).not.toHaveCount(0);
  await filters.getByRole("button", { name: "runtime" }).click();
  await expect(workbench.timeline.getByRole("button", { name: /^execve/ })).toHaveCount(0);
  await filters.getByRole("button", { name: "processes" }).click();
  await expect(workbench.timeline.getByRole("button", { name: /^exit \d+ true/ })).not.toHaveCount(0);
  await filters.getByRole("button", { name: "runtime" }).click();
  await filters.getByRole("combobox").selectOption({ label: "two" });
  await workbench.timeline
    .getByRole("button", { name: /^execve/ })
    .first()
    .click();
  await expect(workbench.timeline.getByRole("region", { name: "Details" })).toContainText("two");
  await expect(workbench.timeline.getByRole("button", { name: /^exec \d+ docker/ })).toHaveCount(0);
});

test("a value says where it comes from and types the command", async ({ workbench, page }) => {
  await workbench.open();
  await workbench
    .treeRow(/^init 1 /)
    .getByRole("button", { name: "1", exact: true })
    .click();
  const card = page.getByRole("region", { name: "Where does this come from?" });
  await expect(card.getByText("grep NSpid /proc/1/status")).toBeVisible();
  await card.getByRole("button", { name: "Type it" }).click();
  await expect(workbench.line(/^NSpid:\s+1$/)).toBeVisible();

  await workbench
    .treeRow(/^init 1 /)
    .getByText("S", { exact: true })
    .hover();
  await expect(card.getByText("ps -o pid,stat,comm -p 1")).toBeVisible();
  await workbench
    .treeRow(/^init 1 /)
    .getByRole("button", { name: /KiB/ })
    .focus();
  await expect(card.getByText("grep VmRSS /proc/1/status")).toBeVisible();
  await card.getByRole("button", { name: "Close" }).click();
  await expect(card.getByText(/Point at a value/)).toBeVisible();

  // An enlarged panel leaves the card no place of its own.
  await page.getByRole("button", { name: "Enlarge: Glass" }).click();
  await expect(card).toBeHidden();
  await workbench.glass.getByRole("button", { name: /^pid:\[/ }).click();
  await expect(card.getByText("sudo readlink /proc/1/ns/pid")).toBeVisible();
});

test("hostile names are only shown", async ({ workbench, page }) => {
  await workbench.open();
  const before = await page.title();
  await workbench.run(
    String.raw`printf '\033]0;owned\007\033]2;owned\007\033]52;c;b3duZWQ=\007\033]8;;https://x.invalid\007x\033]8;;\007'`,
  );
  await workbench.run(String.raw`cp /bin/sleep "/tmp/<b>\$(id)"; ( exec "/tmp/<b>\$(id)" 600 ) &`);
  await expect(workbench.treeRow(/<b>\$\(id\)/)).toBeVisible();
  await workbench.run(String.raw`mkdir "/sys/fs/cgroup/<img src=x onerror=alert(1)>$(printf '\342\200\256')x"`);
  await workbench.run(String.raw`printf 'a\342\200\256<i>b' > /proc/sys/kernel/hostname`);
  await expect(workbench.cgroup.getByText("<img src=x onerror=alert(1)>‹U+202E›x")).toBeVisible();
  await expect(workbench.glass.getByText("a‹U+202E›<i>b").first()).toBeVisible();
  await expect(page.locator("main img, main a[href]")).toHaveCount(0);
  expect(await page.title()).toBe(before);
});

test("the keyboard is not caught by the terminal", async ({ workbench, page }) => {
  await workbench.open();
  const box = workbench.screen.getByRole("textbox");
  await box.focus();
  await page.keyboard.press("Shift+Tab");
  await expect(box).not.toBeFocused();
});

test("the theme and the language are the visitor's", async ({ workbench, page }) => {
  await page.goto("/");
  await page.waitForURL("**/ko/");
  await page.waitForFunction(() => window.glassbox !== undefined);
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.getByRole("button", { name: /테마 바꾸기/ }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
  await page.getByRole("link", { name: "English" }).click();
  await page.waitForURL("**/en/");
  await workbench.open();
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
});

test("on a phone the terminal stands above one panel at a time", async ({ workbench, page }) => {
  await page.setViewportSize({ width: 360, height: 800 });
  await workbench.open();
  await page.getByRole("button", { name: "sudo unshare --pid --fork --mount-proc bash" }).first().click();
  await expect(workbench.glass.getByRole("button", { name: /^bash PID 1 inside/ })).toBeVisible();
  // What is not shown is not drawn either.
  await expect(page.locator('[data-front="tree"]')).not.toContainText("unshare");
  await page.getByRole("navigation", { name: "Panels" }).getByRole("button", { name: "Tree" }).click();
  await expect(workbench.treeRow(/unshare/)).toBeVisible();
  await expect(workbench.glass).toBeHidden();
  await workbench
    .treeRow(/^init 1/)
    .getByRole("button", { name: "1", exact: true })
    .click();
  const card = page.getByRole("region", { name: "Where does this come from?" });
  await expect(card).toBeVisible();
  await page.getByRole("navigation", { name: "Panels" }).getByRole("button", { name: "Isolation" }).click();
  await expect(workbench.isolation).toBeVisible();
  await expect(card).toBeHidden();
  // Rewound, the way back has the header to itself.
  await page.getByRole("navigation", { name: "Panels" }).getByRole("button", { name: "Timeline" }).click();
  const back = page.getByRole("banner").getByRole("button", { name: "Back to live" });
  await workbench.rewind();
  await expect(back).toBeInViewport({ ratio: 1 });
  const language = page.getByRole("link", { name: "한국어" });
  await expect(language).toBeHidden();
  await back.click();
  await expect(language).toBeVisible();
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
});
