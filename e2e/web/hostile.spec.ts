import { expect, test } from "./workbench-page.ts";

/**
 * A guest that wants out: every name that it can choose carries markup, control bytes, marks that turn text round, or
 * 255 bytes of Hangul, and its output asks the terminal for titles, links and the clipboard. All of it is only shown.
 */
const HANGUL = "가".repeat(85);
const MARKUP = "<img src=x onerror=document.title='owned'>";

test("names and output of a hostile guest do nothing but show", async ({ workbench, page, context }) => {
  const faults: string[] = [];
  page.on("dialog", (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  context.on("page", (opened) => faults.push(`page opened: ${opened.url()}`));
  page.on("request", (request) => {
    if (/^https?:/.test(request.url()) && new URL(request.url()).hostname !== "localhost")
      faults.push(`request: ${request.url()}`);
  });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await workbench.open();
  await page.evaluate(() => navigator.clipboard.writeText("untouched"));
  const title = await page.title();

  // Titles, the clipboard, links, and strings that never end.
  await workbench.run(
    String.raw`printf '\033]0;owned\007\033]2;owned\033\\\033]52;c;b3duZWQ=\007\033]8;;https://x.invalid/\007x\033]8;;\007\033]1337;File=inline=1:AAAA\007\033Pq#0\033\\\033[5i\033[4i'`,
  );
  // A process, a hostname, control groups, a mount point, a device, files of a layer.
  await workbench.run("mkfifo /tmp/f");
  await workbench.run(
    String.raw`(printf '\033[7m<b>\342\200\256' > /proc/$BASHPID/comm; read x < /tmp/f) & (printf '<script>x' > /proc/$BASHPID/comm; read x < /tmp/f) &`,
  );
  await workbench.run(
    `unshare --uts bash -c "printf '%s' \\"${MARKUP}\\" > /proc/sys/kernel/hostname; read x < /tmp/f" &`,
  );
  await workbench.run(`mkdir "/sys/fs/cgroup/${MARKUP.replaceAll("/", "")}" "/sys/fs/cgroup/${HANGUL}"`);
  await workbench.run(String.raw`mkdir "/sys/fs/cgroup/$(printf '\033[31mred\342\200\256\001')"`);
  await workbench.run(`mkdir "/tmp/${MARKUP}" "/tmp/${HANGUL}"; mount --bind /tmp "/tmp/${MARKUP}"`);
  await workbench.run("ip link add '<i>x</i>' type dummy 2>/dev/null || ip link add '<i>x' type dummy");
  await workbench.run("docker run -d --name web busybox sleep 600");
  await workbench.run(`docker exec web touch "/${MARKUP}" "/${HANGUL}"`);
  await workbench.run(String.raw`docker exec web sh -c 'touch "$(printf "/a\033]0;owned\007b")"'`);

  await expect(workbench.treeRow(/␛\[7m<b>‹U\+202E›/)).toBeVisible();
  await expect(workbench.treeRow(/<script>x/)).toBeVisible();
  await expect(workbench.glass.getByText(MARKUP.slice(0, 24)).first()).toBeAttached();
  await expect(workbench.cgroup.getByRole("button", { name: new RegExp(HANGUL.slice(0, 30)) })).toBeVisible();
  await expect(workbench.cgroup.getByRole("button", { name: /␛\[31mred‹U\+202E›␁/ })).toBeVisible();

  await page.getByRole("tab", { name: "Layers" }).click();
  const layers = page.getByRole("region", { name: "Layers" });
  await layers
    .getByRole("combobox")
    .selectOption("web")
    .catch(() => {});
  await expect(layers.getByText(HANGUL.slice(0, 48)).first()).toBeVisible();
  await expect(layers.getByText("a␛]0;owned␇b").first()).toBeVisible();
  await page.getByRole("tab", { name: "Network" }).click();
  await expect(page.getByRole("button", { name: /^<i>x/ })).toBeVisible();
  await workbench.isolation
    .getByRole("button", { name: /^mount: same as the host/ })
    .first()
    .click();
  const details = page.getByRole("region", { name: "Details", exact: true });
  await expect(details.getByText(`/tmp/${MARKUP}`).first()).toBeVisible();
  await page.getByRole("tab", { name: "Log", exact: true }).click();

  // Markup stayed text, nothing was opened, asked for, copied or renamed, and nothing grew out of the page.
  await expect(
    page.locator("main :is(img:not([role]), script, iframe, object, a[href^=http], b > i, [onerror])"),
  ).toHaveCount(0);
  expect(await page.title()).toBe(title);
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe("untouched");
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  expect(faults).toEqual([]);
});
