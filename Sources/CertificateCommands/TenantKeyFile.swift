import TruckrollCore
import TruckrollDomain

/// The file in which a company's public key travels: 65 bytes as 130 hexadecimal digits and a line end.
enum TenantKeyFile {
    /// The content of the file.
    static func text(_ key: [UInt8]) -> String { key.hexadecimal + "\n" }

    /// Reads what ``text(_:)`` writes, digits of either case and white space around them, or the 65 bytes themselves.
    static func read(_ path: String) throws(FileProblem) -> [UInt8] {
        let bytes = try CertificateFiles.read(path)
        if bytes.count == EnrolmentStatement.keyLength, bytes.first == 4 { return bytes }
        let digits = String(decoding: bytes.prefix(1000), as: UTF8.self).filter { !$0.isWhitespace }.lowercased()
        guard bytes.count <= 1000, digits.utf8.count == 2 * EnrolmentStatement.keyLength, let key = [UInt8](hexadecimal: digits) else {
            throw FileProblem(
                detail: "\(path) is no company's public key.",
                next: "Ask the company for the file that `truckroll-certificates key --out FILE` writes.")
        }
        return key
    }
}
