#include "cli/serve_tokens.h"

#include <fmt/format.h>

#include <fstream>

#include "store/file.h"

namespace hecate::cli {
namespace {

namespace fs = std::filesystem;

struct TokenFlags {
  std::string state = "hecate-state", file;
  server::Token token;
  std::string given;
};

std::string path_of(const TokenFlags& flags) { return flags.file.empty() ? flags.state + "/tokens.yml" : flags.file; }

bool is_plain(std::string_view name) {
  return !name.empty() && name.size() <= 100 && name.find_first_of("\r\n\t\"\\") == std::string_view::npos;
}

/// Puts the entry behind the others, whatever else stands in the file.
bool append(const std::string& path, const server::Token& token) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (text.empty()) text = "# Senders of `hecate serve`. Of their tokens only the SHA-256 is kept.\ntokens:\n";
  if (!text.ends_with('\n')) text += '\n';
  const fs::path folder = fs::path(path).parent_path();
  if (!folder.empty() && !store::make_private_folder(folder.native())) return false;
  return store::replace_file(path, text + server::to_yaml(token));
}

ExitCode add(TokenFlags& flags) {
  const std::string path = path_of(flags);
  const auto refuse = [&](std::string_view why) {
    fmt::print(stderr, "hecate: {}\n", why);
    return kUsage;
  };
  if (!is_plain(flags.token.name)) return refuse("a token's name is one line without quotes or backslashes");
  for (const std::string& index : flags.token.indexes) {
    if (!server::is_index_name(index)) return refuse(fmt::format("`{}` is no name of an index", index));
  }
  if (!server::is_index_name(flags.token.index)) {
    return refuse(fmt::format("`{}` is no name of an index", flags.token.index));
  }
  if (!flags.token.allows(flags.token.index)) {
    return refuse(fmt::format("--index {} is not among --indexes", flags.token.index));
  }
  TokenFile file(path);
  const auto known = file.load();
  if (!known) return kUsage;
  if (known->has_name(flags.token.name)) return refuse(fmt::format("{} has a token `{}`", path, flags.token.name));
  constexpr size_t kShortest = 16;
  if (!flags.given.empty() && flags.given.size() < kShortest) {
    return refuse(fmt::format("a token has at least {} characters", kShortest));
  }
  const std::string token = flags.given.empty() ? server::new_token() : flags.given;
  if (token.empty()) return refuse("the system gives no random numbers");
  if (known->find(token) != nullptr) return refuse(fmt::format("{} has this token, under another name", path));
  flags.token.sha256 = server::sha256_hex(token);
  if (!append(path, flags.token) || !file.load()) return refuse(fmt::format("{}: cannot be written", path));
  // The only time that it is seen.
  fmt::print("{}\n", token);
  return kRan;
}

ExitCode list(const TokenFlags& flags) {
  TokenFile file(path_of(flags));
  const auto tokens = file.load();
  if (!tokens) return kUsage;
  for (const auto& [hash, token] : tokens->by_hash()) {
    fmt::print("{}\tindex={}\tindexes={}{}{}\n", token.name, token.index,
               token.indexes.empty() ? "any" : fmt::format("{}", fmt::join(token.indexes, ",")),
               token.use_ack ? "\tuse_ack" : "", token.disabled ? "\tdisabled" : "");
  }
  return kRan;
}

void add_place(CLI::App& app, TokenFlags& flags) {
  app.add_option("--state", flags.state, "The server's folder")->type_name("FOLDER")->capture_default_str();
  app.add_option("--tokens", flags.file, "The file of tokens; default: tokens.yml in the server's folder")
      ->type_name("FILE");
}

}  // namespace

std::optional<server::Tokens> TokenFile::load() {
  loaded_ = last_change();
  SourceMap sources;
  DiagnosticSink sink;
  Result<server::Tokens> tokens = server::Tokens::load(path_, sources, sink);
  DiagnosticPrinter(sources, sink).flush();
  if (!tokens) return std::nullopt;
  return std::move(*tokens);
}

bool TokenFile::changed() const { return last_change() != loaded_; }

fs::file_time_type TokenFile::last_change() const {
  std::error_code error;
  const auto time = fs::last_write_time(path_, error);
  return error ? fs::file_time_type{} : time;
}

Command add_serve_token(CLI::App& serve) {
  auto flags = std::make_shared<TokenFlags>();
  CLI::App* token = serve.add_subcommand("token", "Who may send: make and list tokens");
  token->require_subcommand(1);
  CLI::App* adds = token->add_subcommand("add", "Make a token and print it; a running server takes it at once");
  adds->add_option("NAME", flags->token.name, "What the token is called")->required();
  add_place(*adds, *flags);
  adds->add_option("--index", flags->token.index, "The index of events that name none")->capture_default_str();
  adds->add_option("--indexes", flags->token.indexes, "The indexes that events may name; default: any")->delimiter(',');
  adds->add_option("--sourcetype", flags->token.sourcetype, "The sourcetype of events that name none");
  adds->add_option("--source", flags->token.source, "The source of events that name none");
  adds->add_option("--host", flags->token.host, "The host of events that name none; default: the sender's address");
  adds->add_flag("--use-ack", flags->token.use_ack, "Indexer acknowledgement: answers bring an ackId");
  adds->add_option("--token", flags->given, "Take this one, which senders have already, instead of a new one");
  adds->footer(
      "Examples:\n  hecate serve token add forwarders\n"
      "  TOKEN=$(hecate serve token add tetragon --state s --sourcetype cisco:isovalent:processExec)\n");
  CLI::App* lists = token->add_subcommand("list", "The tokens' names and what they say of events");
  add_place(*lists, *flags);
  lists->footer("Examples:\n  hecate serve token list --state s\n");
  return {token, [flags, adds] { return adds->parsed() ? add(*flags) : list(*flags); }};
}

}  // namespace hecate::cli
