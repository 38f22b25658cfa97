import Foundation
import TruckrollClient
import TruckrollDomain

/// Where a device's store is when a command is not told.
public enum StoreLocation {
    /// The folder of the store: the one that was named, else `TRUCKROLL_STORE`, else the program's own below the home folder.
    ///
    /// - Parameters:
    ///   - named: what the user wrote, if anything.
    ///   - program: the folder's name below `~/.truckroll`.
    ///   - environment: the variables of the process.
    public static func folder(named: String?, program: String, environment: [String: String]) -> URL {
        if let path = named ?? environment["TRUCKROLL_STORE"].flatMap({ $0.isEmpty ? nil : $0 }) {
            return URL(fileURLWithPath: path, isDirectory: true)
        }
        let home = environment["HOME"].map { URL(fileURLWithPath: $0, isDirectory: true) } ?? FileManager.default.homeDirectoryForCurrentUser
        return home.appendingPathComponent(".truckroll/\(program)", isDirectory: true)
    }
}

extension DeviceEnvironment {
    /// The machine's environment; with a start, its clock runs on from there, in the zone the start is written in.
    public static func starting(at start: DeviceTime?) -> DeviceEnvironment {
        guard let start else { return .system() }
        var shifted = DeviceEnvironment.system(clockOffsetMilliseconds: start.milliseconds - DeviceEnvironment.system().now())
        // The times people read are then those of the place the clock was given for.
        shifted.offsetMinutes = { _ in start.offsetMinutes }
        return shifted
    }
}
