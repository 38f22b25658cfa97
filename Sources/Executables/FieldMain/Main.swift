import CommandEntry
import FieldCommands

@main
enum Main {
    static func main() async { await Program.main(FieldCommand.self) }
}
