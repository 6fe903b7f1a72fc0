import { Buffer } from "node:buffer";

const show = (value) => console.log(value);
show(Buffer.from("héllo ☃ 𝄞"));
show(Buffer.from("héllo ☃ 𝄞").toString());
for (const encoding of ["utf8", "latin1", "ascii", "hex", "base64", "base64url", "utf16le", "ucs2", "binary"]) {
  const bytes = Buffer.from([0, 1, 127, 128, 200, 255, 65, 66]);
  show([encoding, bytes.toString(encoding)]);
  show(Buffer.from("48656c6c6f", encoding));
  show(Buffer.byteLength("héllo☃", encoding));
}
show(Buffer.from("zz", "hex"));
show(Buffer.from("abc", "hex"));
show(Buffer.from("a-_b=c", "base64"));
show(Buffer.from([256, -1, 1.9, "7", "x"]));
show(Buffer.from([0xf0, 0x9f, 0x98, 0x80, 0xff, 0xe2, 0x98, 0xed, 0xa0, 0x80, 0xc0, 0xaf, 0xf5]).toString());
show(Buffer.from("\ud800x\udc00"));
show(Buffer.concat([Buffer.from("ab"), Buffer.from("cd")]).toString());
show(Buffer.concat([Buffer.from("abcd"), Buffer.from("ef")], 5).toString());
show(Buffer.alloc(5, "ab"));
show(Buffer.alloc(3, 7));
show(Buffer.from("abc").equals(Buffer.from("abc")));
show(Buffer.compare(Buffer.from("a"), Buffer.from("b")));
const whole = Buffer.from("0123456789");
const part = whole.subarray(2, 5);
part[0] = 88;
show([whole.toString(), part.toString(), part.length, Buffer.isBuffer(part), part instanceof Uint8Array]);
show(whole.slice(-3).toString());
show([
  whole.indexOf("5"),
  whole.indexOf("zz"),
  whole.indexOf(Buffer.from("78")),
  whole.includes("9"),
  whole.indexOf(49),
]);
const numbers = Buffer.alloc(16);
numbers.writeUInt32LE(0xdeadbeef, 0);
numbers.writeUInt16BE(0x1234, 4);
numbers.writeInt8(-2, 6);
numbers.writeBigUInt64LE(123456789012345678n, 8);
show(numbers);
show([
  numbers.readUInt32BE(0),
  numbers.readInt32LE(0),
  numbers.readUInt16LE(4),
  numbers.readInt8(6),
  numbers.readBigUInt64LE(8),
]);
show(JSON.stringify(Buffer.from("hi")));
show([Buffer.alloc(4).write("☃☃"), Buffer.alloc(9).write("abc", 2)]);
const target = Buffer.alloc(4, ".");
show([Buffer.from("abcdef").copy(target, 1, 2), target.toString()]);
show([...Buffer.from("ab").entries()]);
show(Buffer.from(Uint8Array.of(1, 2).buffer));
show(
  Buffer.from("abc")
    .map((x) => x + 1)
    .toString(),
);
show(new TextDecoder().decode(new TextEncoder().encode("☃é")));
show(new TextDecoder("utf-8").decode(Uint8Array.of(0xef, 0xbb, 0xbf, 0x41, 0xff)));
show([btoa("hello"), atob("aGVsbG8=")]);
for (const bad of [undefined, null, 5]) {
  try {
    Buffer.from(bad);
  } catch (error) {
    show([error.code, error.name]);
  }
}
