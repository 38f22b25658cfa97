import Foundation
import Testing

/// A folder of its own for a test, gone with the value.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        let template = FileManager.default.temporaryDirectory.appendingPathComponent("truckroll-store-XXXXXX").path
        var name = Array(template.utf8CString)
        let made = try #require(mkdtemp(&name))
        path = String(cString: made)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }
}
