import ArgumentParser
import Foundation

/// An address that a device can reach its server at.
public enum ServerURL {
    /// - Throws: a `ValidationError` for what is no such address.
    public static func check(_ text: String, as name: String) throws {
        guard let url = URL(string: text), ["http", "https"].contains(url.scheme), url.host?.isEmpty == false else {
            throw ValidationError("\(name) is an address such as https://truckroll.example.")
        }
    }
}
