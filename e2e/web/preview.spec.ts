import { expect, test } from "./workbench-page.ts";

const PAGE =
  '<h1 id=a>from the container</h1><script>document.title = "scripts ran"; a.textContent = "scripts ran"</script>';

test("a published port opens as a page without scripts; one that nobody serves says so", async ({
  workbench,
  page,
}) => {
  await workbench.open();
  await page.getByRole("tab", { name: "Preview" }).click();
  const panel = page.getByRole("region", { name: "Port preview" });
  await expect(panel.getByText("No port is published")).toBeVisible();
  const serve = `mkdir /w; echo '${PAGE}' > /w/index.html; exec httpd -f -p 80 -h /w`;
  await workbench.run(
    `docker run -d --name web -p 8080:80 -p 127.0.0.1:9090:80 busybox sh -c "${serve.replaceAll('"', '\\"')}"`,
  );
  // A container runs before its program listens.
  await workbench.run("until (exec 5<>/dev/tcp/127.0.0.1/8080) 2>/dev/null; do :; done");
  await workbench.run("docker run -d --name idle -p 8081:80 busybox sleep 600");

  await panel.getByRole("button", { name: /web 8080 → 80\/tcp/ }).click();
  await expect(panel.getByText("HTTP/1.1 200 OK")).toBeVisible();
  const frame = panel.locator("iframe");
  await expect(frame).toHaveAttribute("sandbox", "");
  await expect(frame.contentFrame().getByRole("heading")).toHaveText("from the container");
  await panel.getByText(/response headers/).click();
  await expect(panel.getByText("text/html")).toBeVisible();

  await panel.getByRole("textbox", { name: "Path" }).fill("/none");
  await panel.getByRole("button", { name: "Open" }).click();
  await expect(panel.getByText("HTTP/1.1 404 Not Found")).toBeVisible();

  await expect(panel.getByRole("button", { name: /web 9090/ })).toBeDisabled();
  await panel.getByRole("button", { name: /idle 8081/ }).click();
  await expect(panel.getByRole("alert")).toContainText("Nothing listens on localhost:8081");
  await workbench.run("docker rm -f web idle");
  await expect(panel.getByText("No port is published")).toBeVisible();
});
