import { expect, it } from "vitest";
import { fetchText, isTextReference } from "./text-source.ts";

it.each([
  ["an S3 URI", " s3://bucket/folder/text.txt ", true],
  ["an address of S3", "https://bucket.s3.eu-west-1.amazonaws.com/text.txt", true],
  [
    "a signed address anywhere",
    "http://127.0.0.1:4321/b/t.txt?X-Amz-Date=1&X-Amz-Signature=f0",
    true,
  ],
  ["a text", "Explain S3.", false],
  ["a text that is an address", "https://example.org/page", false],
  ["a text that begins with an S3 URI", "s3://bucket/key is what?", false],
  ["an address in a text", "Read https://b.s3.amazonaws.com/k first", false],
  ["a host that only looks like S3", "https://amazonaws.com.example.org/k", false],
  ["nothing", "", false],
  ["no address", "https://", false],
])("%s", (_name, text, is) => {
  expect(isTextReference(text)).toBe(is);
});

it("says what to do with an S3 URI, in the language of the place", async () => {
  const place = document.createElement("p");
  await expect(fetchText("s3://b/k", place)).rejects.toThrow('text="s3://b/k"');
  await expect(fetchText("s3://b/k", place)).rejects.toThrow("grant_read_access");
  place.lang = "de";
  await expect(fetchText("s3://b/k", place)).rejects.toThrow("Das Attribut");
});
