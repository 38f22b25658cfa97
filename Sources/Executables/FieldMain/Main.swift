import ArgumentParser
import FieldCommands

@main
enum Main {
    static func main() async { await FieldCommand.main() }
}
