import type { Metadata } from "next";

export const metadata: Metadata = { title: "Glassbox" };

/** `/` is Korean: static hosts have no redirects, so the page itself sends the visitor on. */
export default function Entry() {
  return (
    <>
      <meta httpEquiv="refresh" content="0; url=./ko/" />
      <p>
        <a href="./ko/">한국어</a> · <a href="./en/">English</a>
      </p>
    </>
  );
}
