/// Which release the programs belong to, for their `--version`.
public enum ProgramVersion {
    public static let current = "1.0"
}
