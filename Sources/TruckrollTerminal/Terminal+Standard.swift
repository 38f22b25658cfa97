import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

extension Terminal {
    /// Where results go.
    public static func standardOutput(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> Terminal {
        Terminal(descriptor: STDOUT_FILENO, environment: environment)
    }

    /// Where problems and progress go.
    public static func standardError(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> Terminal {
        Terminal(descriptor: STDERR_FILENO, environment: environment)
    }

    /// A terminal on an open file descriptor, which it leaves open.
    init(descriptor: Int32, environment: [String: String]) {
        let stream = DescriptorStream(descriptor: descriptor)
        self.init(
            isTerminal: isatty(descriptor) == 1,
            windowColumns: Self.windowColumns(of: descriptor),
            environment: environment,
            sink: { stream.send($0) },
            lostNothing: { stream.isIntact }
        )
    }

    private static func windowColumns(of descriptor: Int32) -> Int? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 else { return nil }
        return Int(size.ws_col)
    }
}
