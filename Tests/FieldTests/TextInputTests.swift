import ArgumentParser
import CommandSupport
import Foundation
import Testing

@Suite("Text that is piped in")
struct TextInputTests {
    private func refusal(_ input: FileHandle) -> String? {
        do { _ = try TextInput.read(input) } catch { return (error as? ValidationError)?.message }
        return nil
    }

    @Test("what cannot be read is bad usage and no crash", arguments: ["/", "/dev/zero"])
    func unreadable(path: String) throws {
        let input = try #require(FileHandle(forReadingAtPath: path))
        #expect(refusal(input)?.contains("nothing was changed") == true)
    }

    @Test("an input that was closed is one that cannot be read")
    func closed() throws {
        let input = try #require(FileHandle(forReadingAtPath: "/dev/null"))
        try input.close()
        #expect(refusal(input)?.contains("cannot be read") == true)
    }

    @Test("what comes through a pipe is read to its end, and no UTF-8 is told", arguments: [[0x61, 0xC3, 0xA9], [0xFF, 0xFE]] as [[UInt8]])
    func pipe(bytes: [UInt8]) throws {
        let pipe = Pipe()
        try pipe.fileHandleForWriting.write(contentsOf: Data(bytes))
        try pipe.fileHandleForWriting.close()
        if bytes.first == 0x61 {
            #expect(try TextInput.read(pipe.fileHandleForReading) == "aé")
        } else {
            #expect(refusal(pipe.fileHandleForReading)?.contains("no UTF-8") == true)
        }
    }

    @Test("a wording is made of what is piped in; nothing but blanks takes out no text", arguments: ["It leaks.\n", " \n"])
    func wording(text: String) throws {
        let options = try WordingOptions.parse(["--edit"])
        let pipe = Pipe()
        try pipe.fileHandleForWriting.write(contentsOf: Data(text.utf8))
        try pipe.fileHandleForWriting.close()
        if text.hasPrefix("It") {
            #expect(try options.wording(from: pipe.fileHandleForReading)("Old") == text)
        } else {
            #expect(throws: ValidationError.self) { try options.wording(from: pipe.fileHandleForReading) }
        }
    }
}
