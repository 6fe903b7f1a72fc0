import type { NextConfig } from "next";
import { writeFontSubsets } from "./scripts/font-subsets.ts";

/** Static files only: any web server, any base path, no runtime of our own. */
const config: NextConfig = {
  output: "export",
  trailingSlash: true,
  reactStrictMode: true,
  devIndicators: false,
  basePath: process.env.NEXT_PUBLIC_BASE_PATH || undefined,
  images: { unoptimized: true },
  // `npm run check` holds the types of the whole repository; a page build need not do it again.
  typescript: { ignoreBuildErrors: true },
};

export default async function nextConfig(): Promise<NextConfig> {
  await writeFontSubsets();
  return config;
}
