import Foundation
import TruckrollServer

/// A file beside a demonstration company's database while it is being made, so that one that was cut short is known as such.
struct DemoMark {
    private let home: TenantHome
    private var file: URL { home.data.appendingPathComponent("demo-data.unfinished") }

    init(of home: TenantHome) { self.home = home }

    /// Whether the making of the company was cut short.
    var isThere: Bool { FileManager.default.fileExists(atPath: file.path) }

    /// The arguments by which the company is made; `nil` when the mark does not tell.
    var making: String? {
        let line = FileManager.default.contents(atPath: file.path).map { String(decoding: $0, as: UTF8.self) }?.split(separator: "\n").first
        return line.flatMap { $0.hasPrefix("--") ? String($0) : nil }
    }

    /// - Parameter making: the arguments by which the company is made anew.
    func set(making: String) throws {
        try FileManager.default.createDirectory(at: home.data, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try Data("\(making)\nThe company is not complete. See truckroll-server demo-data --help.\n".utf8).write(to: file)
    }

    func remove() throws { try FileManager.default.removeItem(at: file) }

    /// Takes away what was made of the company.
    func clear() throws {
        for folder in [home.data, home.keys] where FileManager.default.fileExists(atPath: folder.path) {
            try FileManager.default.removeItem(at: folder)
        }
    }
}
