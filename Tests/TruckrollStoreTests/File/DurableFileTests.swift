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

    @Test("are made where nothing has the name, and touch nothing that has it or one like it", arguments: ["file", "link", "dangling link"])
    func created(_ there: String) throws {
        let (path, like) = (folder.file("work.chg"), folder.file("work.chg.new"))
        try DurableFile.write([7], to: like)
        try DurableFile.create([1, 2], at: path)
        #expect(FileManager.default.contents(atPath: path).map { Array($0) } == [1, 2])
        let taken = folder.file("taken")
        switch there {
        case "file": try DurableFile.write([9], to: taken)
        case "link": try FileManager.default.createSymbolicLink(atPath: taken, withDestinationPath: like)
        default: try FileManager.default.createSymbolicLink(atPath: taken, withDestinationPath: folder.file("nowhere"))
        }
        let error = #expect(throws: CocoaError.self) { try DurableFile.create([3], at: taken) }
        #expect(error?.code == .fileWriteFileExists)
        #expect(FileManager.default.contents(atPath: like).map { Array($0) } == [7])
        #expect(try FileManager.default.contentsOfDirectory(atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path).count == 3)
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
        // Only the folder is looked for, whether or not something has the name.
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
