import Foundation
import Testing
import TruckrollCryptography

@Suite("SHA-256")
struct SHA256Tests {
    @Test(
        "gives the hashes published with FIPS 180-4",
        arguments: [
            ("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            ("a", 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
        ])
    func published(message: String, times: Int, expected: String) throws {
        let digest = SHA256.hash(data: text(String(repeating: message, count: times)))
        #expect(Array(digest) == (try bytes(expected)))
        #expect(digest.description.hasSuffix(expected))
        #expect(SHA256.byteCount == 32)
    }

    @Test("in two pieces gives the same as at once, wherever it is cut", arguments: [0, 1, 55, 56, 63, 64, 65, 130])
    func pieces(count: Int) {
        let message = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let whole = SHA256.hash(data: message)
        for cut in 0...count {
            var hash = SHA256()
            hash.update(data: message[..<cut])
            hash.update(data: message[cut...])
            #expect(hash.finalize() == whole, "cut at \(cut)")
        }
    }

    @Test("a copy goes on for itself, and what is asked in between changes nothing")
    func copies() {
        var first = SHA256()
        first.update(data: text("a"))
        var second = first
        second.update(data: text("x"))
        #expect(first.finalize() == SHA256.hash(data: text("a")))
        first.update(data: text("bc"))
        #expect(first.finalize() == SHA256.hash(data: text("abc")))
        #expect(second.finalize() == SHA256.hash(data: text("ax")))
    }

    @Test("takes slices and data")
    func kinds() {
        let message = text("-abc-")
        #expect(SHA256.hash(data: message[1..<4]) == SHA256.hash(data: text("abc")))
        #expect(SHA256.hash(data: Data(message)[1..<4]) == SHA256.hash(data: text("abc")))
    }

    @Test("digests are keys of a dictionary, and differ in every byte")
    func digests() {
        let abc = SHA256.hash(data: text("abc"))
        let known = [abc: 1, SHA256.hash(data: text("abd")): 2]
        #expect(known[SHA256.hash(data: text("abc"))] == 1)
        #expect(known[SHA256.hash(data: text("abe"))] == nil)
        #expect(Array(abc.prefix(2)) == [0xBA, 0x78])
        #expect(abc.reduce(0) { $0 + Int($1) } == Array(abc).reduce(0) { $0 + Int($1) })
    }
}
