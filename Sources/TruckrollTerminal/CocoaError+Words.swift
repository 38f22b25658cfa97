import Foundation

extension CocoaError {
    /// Why a file could not be read or written, as the rest of a sentence, in words of our own.
    public var words: String {
        switch code {
        case .fileReadNoSuchFile, .fileNoSuchFile: "there is no such file or folder"
        case .fileReadNoPermission, .fileWriteNoPermission: "it is not permitted"
        case .fileWriteOutOfSpace: "the disk is full"
        case .fileWriteFileExists: "it exists already"
        case .fileWriteVolumeReadOnly: "the disk is read-only"
        case .fileReadTooLarge: "it is too large"
        case .fileReadCorruptFile, .fileReadInapplicableStringEncoding: "its content cannot be read"
        default: "the system refused it"
        }
    }

    /// The file or folder it is about, where that is known.
    public var place: String? { (userInfo[NSFilePathErrorKey] as? String) ?? (userInfo[NSURLErrorKey] as? URL)?.path }
}
