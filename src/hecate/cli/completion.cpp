#include <fmt/format.h>

#include "cli/common.h"

namespace hecate::cli {
namespace {

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    for (const std::string& name : option->get_snames()) names.push_back("-" + name);
  }
  return names;
}

std::vector<const CLI::App*> commands(const CLI::App& root) {
  return root.get_subcommands([](const CLI::App*) { return true; });
}

std::string bash(const CLI::App& root) {
  std::string names;
  std::string cases;
  for (const CLI::App* command : commands(root)) {
    names += " " + command->get_name();
    cases += fmt::format("    {}) words=\"{}\" ;;\n", command->get_name(), fmt::join(option_names(*command), " "));
  }
  return fmt::format(
      "# bash completion for hecate\n"
      "_hecate() {{\n"
      "  local current=\"${{COMP_WORDS[COMP_CWORD]}}\" words=\"\"\n"
      "  case \"${{COMP_WORDS[1]}}\" in\n{}"
      "    *) words=\"{} {}\" ;;\n"
      "  esac\n"
      "  if [[ $COMP_CWORD -eq 1 || $current == -* ]]; then\n"
      "    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
      "  else\n"
      "    compopt -o filenames 2>/dev/null\n"
      "    COMPREPLY=($(compgen -f -- \"$current\"))\n"
      "  fi\n"
      "}}\n"
      "complete -F _hecate hecate\n",
      cases, names, fmt::join(option_names(root), " "));
}

/// Quotes for zsh's and fish's single-quoted descriptions.
std::string quoted(std::string text) {
  std::string out;
  for (const char c : text)
    out += c == '\'' ? std::string("'\\''") : c == '[' ? "(" : c == ']' ? ")" : c == ':' ? "," : std::string(1, c);
  return out;
}

std::string zsh(const CLI::App& root) {
  std::string list;
  std::string cases;
  for (const CLI::App* command : commands(root)) {
    list += fmt::format("    '{}:{}'\n", command->get_name(), quoted(command->get_description()));
    std::string arguments;
    for (const CLI::Option* option : command->get_options()) {
      for (const std::string& name : option->get_lnames()) {
        const bool flag = option->get_items_expected_max() == 0;
        arguments += fmt::format(" '--{}[{}]{}'", name, quoted(option->get_description()), flag ? "" : ":value:_files");
      }
    }
    cases += fmt::format("    {}) _arguments{} '*:file:_files' ;;\n", command->get_name(), arguments);
  }
  return fmt::format(
      "#compdef hecate\n"
      "_hecate() {{\n"
      "  local -a commands=(\n{}  )\n"
      "  if (( CURRENT == 2 )); then\n"
      "    _describe command commands\n"
      "    return\n"
      "  fi\n"
      "  local command=$words[2]\n"
      "  shift words; (( CURRENT-- ))\n"
      "  case $command in\n{}  esac\n"
      "}}\n"
      "_hecate \"$@\"\n",
      list, cases);
}

std::string fish(const CLI::App& root) {
  std::string out = "# fish completion for hecate\n";
  for (const CLI::App* command : commands(root)) {
    out += fmt::format("complete -c hecate -n __fish_use_subcommand -a {} -d '{}'\n", command->get_name(),
                       quoted(command->get_description()));
    for (const CLI::Option* option : command->get_options()) {
      for (const std::string& name : option->get_lnames()) {
        const bool flag = option->get_items_expected_max() == 0;
        out += fmt::format("complete -c hecate -n '__fish_seen_subcommand_from {}' -l {}{} -d '{}'\n",
                           command->get_name(), name, flag ? "" : " -r", quoted(option->get_description()));
      }
    }
  }
  return out;
}

}  // namespace

Command add_completion(CLI::App& root) {
  auto shell = std::make_shared<std::string>();
  CLI::App* app = root.add_subcommand("completion", "Print the completion script of a shell");
  app->add_option("SHELL", *shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  app->footer(
      "Examples:\n  source <(hecate completion bash)\n  hecate completion fish > "
      "~/.config/fish/completions/hecate.fish\n");
  return {app, [shell, &root] {
            fmt::print("{}", *shell == "bash" ? bash(root) : *shell == "zsh" ? zsh(root) : fish(root));
            return kRan;
          }};
}

}  // namespace hecate::cli
