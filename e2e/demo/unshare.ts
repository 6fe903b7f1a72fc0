import type { Demo } from "./demo.ts";

/** The PID namespace lesson from first to last step, typed by hand. */
export const unshare: Demo = {
  path: "/ko/lessons/pid-namespace/",
  async play({ page, actor, poster, title }) {
    const card = page.getByRole("region", { name: /^학습: / });
    const host = page.getByRole("group", { name: "호스트 화면" });
    const second = page.getByRole("group", { name: "두 번째 터미널 화면" });
    const passed = async (count: number): Promise<void> => {
      await page.locator(`section[data-lesson][data-passed="${count}"]`).waitFor();
      await page.evaluate(() => window.glassbox?.settled());
    };

    await page.evaluate(() => window.glassbox?.ready());
    await title("셸이 PID 1이 되는 순간", "브라우저 안에서 도는 진짜 리눅스 커널, 있는 그대로");

    await actor.typeLine(host, "ps -ef");
    await passed(1);
    await actor.hold(1_600);

    await actor.typeLine(host, "sudo unshare --pid --fork --mount-proc bash");
    await passed(2);
    await page.getByRole("button", { name: /^bash 안에서는 PID 1 밖에서는 PID \d+/ }).waitFor();
    await actor.hold(2_200);

    await actor.typeLine(host, "ps -ef");
    await passed(3);
    await actor.hold(2_400);
    await poster();

    await page.getByRole("tab", { name: "두 번째 터미널" }).click();
    await actor.hold(700);
    await actor.typeLine(second, "lsns -t pid");
    await passed(4);
    await actor.hold(2_600);

    await page.getByRole("tab", { name: "호스트" }).click();
    await actor.hold(700);
    await actor.typeLine(host, "exit");
    await passed(5);
    await card.getByRole("heading", { name: "다 해냈습니다" }).waitFor();
    await actor.hold(2_400);
  },
};
