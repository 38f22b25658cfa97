import Foundation
import TruckrollServer

/// A file beside a demonstration company's database while it is being made, so that one that was cut short is known as such.
struct DemoMark {
    private let home: TenantHome
    private var file: URL { home.data.appendingPathComponent("demo-data.unfinished") }

    init(of home: TenantHome) { self.home = home }

    /// Whether the making of the company was cut short.
    var isThere: Bool { FileManager.default.fileExists(atPath: file.path) }

    func set() throws {
        try FileManager.default.createDirectory(at: home.data, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try Data("The company is not complete. See truckroll-server demo-data --help.\n".utf8).write(to: file)
    }

    func remove() throws { try FileManager.default.removeItem(at: file) }

    /// Takes away what was made of the company.
    func clear() throws {
        for folder in [home.data, home.keys] where FileManager.default.fileExists(atPath: folder.path) {
            try FileManager.default.removeItem(at: folder)
        }
    }
}
