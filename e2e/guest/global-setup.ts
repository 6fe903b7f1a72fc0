import { guestImageDir } from "../../scripts/guest-image-dir.ts";

/** Builds the image once, or takes it from the cache; the tests find it in GLASSBOX_IMAGE. */
export default async function setup(): Promise<void> {
  process.env.GLASSBOX_IMAGE = await guestImageDir();
}
