#include "peer.h"

#include <fcntl.h>
#include <simdjson.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <stdexcept>

namespace hecate::bench {
namespace {

std::string read_line(std::FILE* file) {
  std::string line;
  for (int c = std::fgetc(file); c != EOF && c != '\n'; c = std::fgetc(file)) line += static_cast<char>(c);
  return line;
}

}  // namespace

Peer::Peer(const std::string& command) {
  std::array<int, 2> to{};
  std::array<int, 2> from{};
  // Closed by exec but for what the actions make of them.
  if (pipe2(to.data(), O_CLOEXEC) != 0 || pipe2(from.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, to[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, from[1], STDOUT_FILENO);
  std::string shell = "sh", option = "-c", text = command;
  const std::array<char*, 4> arguments{shell.data(), option.data(), text.data(), nullptr};
  const bool spawned = posix_spawn(&process_, "/bin/sh", &actions, nullptr, arguments.data(), environ) == 0;
  posix_spawn_file_actions_destroy(&actions);
  close(to[0]);
  close(from[1]);
  requests_ = fdopen(to[1], "w");
  replies_ = fdopen(from[0], "r");
  std::signal(SIGPIPE, SIG_IGN);  // a peer that has died answers with the end of its file
  if (!spawned) process_ = -1;
}

Peer::~Peer() {
  std::fclose(requests_);
  std::fclose(replies_);
  if (process_ > 0) waitpid(process_, nullptr, 0);
}

Peer::Reply Peer::ask(const std::string& search) {
  Reply reply;
  reply.answer.error = "no answer";
  std::fprintf(requests_, "%s\n", search.c_str());
  std::fflush(requests_);
  simdjson::dom::parser parser;
  simdjson::dom::element line;
  if (parser.parse(read_line(replies_)).get(line) != simdjson::SUCCESS) return reply;
  std::string_view text;
  reply.answer.error = line["error"].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
  if (line["how"].get(text) == simdjson::SUCCESS) reply.how = text;
  if (line["seconds"].get(reply.answer.seconds) != simdjson::SUCCESS) reply.answer.seconds = 0;
  if (line["rows"].get(reply.answer.rows) != simdjson::SUCCESS) reply.answer.rows = 0;
  return reply;
}

}  // namespace hecate::bench
