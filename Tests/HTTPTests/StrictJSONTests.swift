import Foundation
import Testing
import TruckrollProtocol

@Suite("Strict JSON")
struct StrictJSONTests {
    @Test(
        "accepts",
        arguments: [
            "{}", " [ ] ", "null", "-0", "1.5e+3", #""\ud83d\ude00""#, #"{"a":{"a":1},"b":[true,false,null]}"#, #""é""#,
            String(repeating: "[", count: 64) + String(repeating: "]", count: 64),
        ])
    func accepts(_ text: String) throws { try StrictJSON.check(Array(text.utf8)) }

    @Test(
        "refuses",
        arguments: [
            "", "{", "[1,]", "{,}", "01", "1.", ".5", "+1", "1e", "NaN", "Infinity", "tru", "{}{}", "[] x", "{'a':1}", "{a:1}",
            "// x\n1", #"{"a":1,"a":2}"#, #"{"a":1,"\u0061":2}"#, #""\u0000""#, #""\ud800""#, #""\udc00""#, #""\ud800\u0041""#,
            #""\x41""#, "\"\n\"", "\"", #""\"#, #""\u12"#, "\u{FEFF}{}",
            String(repeating: "[", count: 65) + String(repeating: "]", count: 65), String(repeating: "[", count: 100_000),
            String(repeating: "{\"a\":", count: 100_000),
        ])
    func refuses(_ text: String) {
        #expect(throws: StrictJSONProblem.self) { try StrictJSON.check(Array(text.utf8)) }
    }

    @Test(
        "refuses what is not UTF-8",
        arguments: [[0x22, 0xC0, 0xAF, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xFF, 0x22], [0x22, 0x00, 0x31, 0x00], [0x22, 0xC3]]
    )
    func notUTF8(_ bytes: [UInt8]) {
        #expect(throws: StrictJSONProblem.self) { try StrictJSON.check(bytes) }
    }

    @Test(
        "says at which byte it ceases to be UTF-8",
        arguments: [
            ([0xFF], 0), ([0x22, 0xC3, 0xA9, 0xFF, 0x22], 3), ([0x22, 0xF0, 0x9F, 0x94, 0xA5, 0xED, 0xA0, 0x80], 5), ([0x22, 0x31, 0xC3], 2),
        ]
            as [([UInt8], Int)])
    func place(bytes: [UInt8], offset: Int) {
        let problem = #expect(throws: StrictJSONProblem.self) { try StrictJSON.check(bytes) }
        #expect(problem?.offset == offset)
    }

    @Test("takes canonically equal names for two names, as their bytes are")
    func canonicallyEqual() throws { try StrictJSON.check(Array("{\"\u{E9}\":1,\"e\u{301}\":2}".utf8)) }

    @Test("never traps on random bytes", arguments: 0..<8)
    func random(seed: Int) {
        let alphabet = Array("{}[]\",:\\u0aeE+-.1tfn \u{7F}".utf8) + [0xC3, 0xA9, 0x00]
        for _ in 0..<5000 {
            let bytes = (0..<Int.random(in: 0...40)).map { _ in alphabet.randomElement() ?? 0 }
            let accepted = (try? StrictJSON.check(bytes)) != nil
            // What is accepted here is JSON to a lenient parser too.
            if accepted {
                let parsed = try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
                #expect(parsed != nil, "\(String(decoding: bytes, as: UTF8.self))")
            }
        }
    }
}

@Suite("Problem documents")
struct ProblemDocumentTests {
    @Test("have this form, and are read back with members of a newer server")
    func form() throws {
        let document = ProblemDocument(status: 503, code: "overloaded", detail: "Too much.", next: "Wait.", retryAfter: 2)
        let text = String(decoding: try document.encoded(), as: UTF8.self)
        #expect(
            text
                == #"{"code":"overloaded","detail":"Too much.","next":"Wait.","retryAfter":2,"status":503,"title":"Overloaded","type":"https://truckroll.example/problems/overloaded"}"#
        )
        #expect(ProblemDocument(decoding: Array((text.dropLast() + #","new":[1]}"#).utf8)) == document)
    }

    @Test("of others are none", arguments: ["", "<html>", "{}", #"{"status":400}"#])
    func none(_ text: String) { #expect(ProblemDocument(decoding: Array(text.utf8)) == nil) }
}
