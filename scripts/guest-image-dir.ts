/** Where the guest image is: $GLASSBOX_IMAGE, else built (or found in the cache) by guest-image/build.ts. */
import { existsSync } from "node:fs";
import path from "node:path";

export async function guestImageDir(): Promise<string> {
  const given = process.env.GLASSBOX_IMAGE;
  if (given) {
    if (!existsSync(path.join(given, "manifest.json")))
      throw new Error(`GLASSBOX_IMAGE=${given}: holds no manifest.json; point it at a built image or unset it`);
    return path.resolve(given);
  }
  const { buildGuestImage } = await import("../guest-image/build.ts");
  return (await buildGuestImage()).dir;
}
