/// Which release this is: what the programs tell with `--version`, and certificates name as the software that made them.
public enum SoftwareRelease {
    public static let version = "1.1"
}
