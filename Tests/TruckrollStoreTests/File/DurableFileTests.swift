import Foundation
import Testing
import TruckrollStoreSQLite

@Suite("Files that a crash leaves whole")
struct DurableFileTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("take the place of what was there, for their owner alone, and leave nothing beside", arguments: [0, 1, 100_000])
    func written(_ count: Int) throws {
        let path = folder.file("key")
        try DurableFile.write([9, 9, 9], to: path)
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        try DurableFile.write(bytes, to: path)
        #expect(FileManager.default.contents(atPath: path).map { Array($0) } == bytes)
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber == 0o600)
        #expect(!FileManager.default.fileExists(atPath: path + ".new"))
    }

    @Test("what cannot be written leaves what was there")
    func unwritable() throws {
        let path = folder.file("key")
        try DurableFile.write([1], to: path)
        try FileManager.default.createDirectory(atPath: path + ".new", withIntermediateDirectories: true)
        #expect(throws: CocoaError.self) { try DurableFile.write([2], to: path) }
        #expect(FileManager.default.contents(atPath: path).map { Array($0) } == [1])
    }

    @Test("a name of one letter in the present folder is a name like any other", arguments: ["q", "./q", "qq"])
    func shortNames(name: String) throws {
        let place = folder.file("file")
        try DurableFile.write([1], to: place)
        // Nothing is there under the name: only the folder is looked for.
        #expect(throws: Never.self) { try DurableFile.synchronizeFolder(of: name) }
    }

    @Test("folders are made with those above them, once")
    func folders() throws {
        let path = folder.file("a") + "/b/c"
        for _ in 0..<2 { try DurableFile.makeFolder(path) }
        try DurableFile.write([1], to: path + "/file")
        try DurableFile.move(path + "/file", to: folder.file("a") + "/file")
        #expect(FileManager.default.fileExists(atPath: folder.file("a") + "/file"))
        #expect(throws: CocoaError.self) { try DurableFile.makeFolder(folder.file("a") + "/file/below") }
    }
}
