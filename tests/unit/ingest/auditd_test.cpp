#include "ingest/auditd.h"

#include <fmt/format.h>

#include "support.h"

namespace hecate::ingest::test {
namespace {

// Red Hat Enterprise Linux 7, Security Guide, 7.6 "Understanding Audit Log Files": `cat /etc/ssh/sshd_config` by a
// user.
constexpr std::string_view kCat =
    R"(type=SYSCALL msg=audit(1364481363.243:24287): arch=c000003e syscall=2 success=no exit=-13 a0=7fffd19c5592 a1=0 a2=7fffd19c4b50 a3=a items=1 ppid=2686 pid=3538 auid=1000 uid=1000 gid=1000 euid=1000 suid=1000 fsuid=1000 egid=1000 sgid=1000 fsgid=1000 tty=pts0 ses=1 comm="cat" exe="/bin/cat" subj=unconfined_u:unconfined_r:unconfined_t:s0-s0:c0.c1023 key="sshd_config"
type=CWD msg=audit(1364481363.243:24287):  cwd="/home/shadowman"
type=PATH msg=audit(1364481363.243:24287): item=0 name="/etc/ssh/sshd_config" inode=409248 dev=fd:00 mode=0100600 ouid=0 ogid=0 rdev=00:00 obj=system_u:object_r:etc_t:s0  objtype=NORMAL cap_fp=none cap_fi=none cap_fe=0 cap_fver=0
type=PROCTITLE msg=audit(1364481363.243:24287) : proctitle=636174002F6574632F7373682F737368645F636F6E666967
)";

/// What the wanted paths hold in each record, joined by `|`.
std::vector<std::string> values_of(std::string_view text, const std::vector<std::string>& paths) {
  PathSet wanted;
  for (const std::string& path : paths) wanted.add(path);
  std::vector<std::string> rows;
  ReadStats stats;
  DiagnosticSink sink;
  const Visit visit = [&](const Record& record) {
    FieldValues values;
    values.reset(wanted.slots());
    record.document->read(wanted, values);
    std::string row = std::to_string(record.number);
    for (const std::string& path : paths) {
      std::vector<RawValue> all;
      values.all(wanted.add(path), all);
      row += " |";
      for (const RawValue& value : all) row.append(" ").append(value.text);
    }
    rows.push_back(row);
  };
  read_text(text, "test", {}, visit, stats, sink);
  return rows;
}

TEST(Auditd, EachLineIsARecordWithItsOwnFields) {
  const Outcome out = read(kCat);
  ASSERT_EQ(out.records.size(), 4);
  EXPECT_EQ(out.numbers(), (Numbers{1, 2, 3, 4}));
  EXPECT_EQ(out.stats.parsed, 4);
  const Kept& call = out.records[0];
  EXPECT_EQ(call.shape, Shape::Text);
  EXPECT_EQ(call.at("type"), "SYSCALL");
  EXPECT_EQ(call.at("audit_id"), "1364481363.243:24287");
  EXPECT_EQ(call.at("syscall"), "2");
  EXPECT_EQ(call.at("a0"), "7fffd19c5592");
  EXPECT_EQ(call.at("comm"), "cat");
  EXPECT_EQ(call.at("exe"), "/bin/cat");
  EXPECT_EQ(call.at("subj"), "unconfined_u:unconfined_r:unconfined_t:s0-s0:c0.c1023");
  EXPECT_EQ(call.at("key"), "sshd_config");
  EXPECT_EQ(call.time, 1364481363 * kTicksPerSecond + 2'430'000);
  EXPECT_EQ(out.records[1].at("cwd"), "/home/shadowman");
  EXPECT_EQ(out.records[1].at("exe"), "(absent)");
  EXPECT_EQ(out.records[2].at("mode"), "0100600");
  EXPECT_EQ(out.records[3].at("proctitle"), "cat /etc/ssh/sshd_config");
}

TEST(Auditd, LinesSeeTheOthersOfTheirEventUnderTheirTypes) {
  EXPECT_EQ(
      values_of(kCat, {"log.format", "SYSCALL.exe", "PATH{}.name", "CWD.cwd", "PROCTITLE.proctitle", "exe"}),
      (Strings{"1 | auditd | /bin/cat | /etc/ssh/sshd_config | /home/shadowman | cat /etc/ssh/sshd_config | /bin/cat",
               "2 | auditd | /bin/cat | /etc/ssh/sshd_config | /home/shadowman | cat /etc/ssh/sshd_config |",
               "3 | auditd | /bin/cat | /etc/ssh/sshd_config | /home/shadowman | cat /etc/ssh/sshd_config |",
               "4 | auditd | /bin/cat | /etc/ssh/sshd_config | /home/shadowman | cat /etc/ssh/sshd_config |"}));
}

// The same guide: a failed login, all fields inside msg='…'.
TEST(Auditd, EachReaderOfAnEventGetsItsOwnPaths) {
  AuditdJoin join;
  for (std::string_view text = kCat; !text.empty(); text.remove_prefix(text.find('\n') + 1)) {
    const std::string_view line = text.substr(0, text.find('\n'));
    join.take(line, *find_auditd(line), 1, 0);
  }
  const AuditdEvent* event = join.next();
  ASSERT_NE(event, nullptr);
  for (int again = 0; again < 2; ++again) {
    for (const auto& [path, value] : {std::pair<const char*, const char*>{"SYSCALL.exe", "/bin/cat"},
                                      {"CWD.cwd", "/home/shadowman"},
                                      {"PATH.nametype", ""}}) {
      PathSet wanted;
      const size_t slot = wanted.add(path);
      FieldValues values;
      values.reset(wanted.slots());
      event->read(wanted, values);
      EXPECT_EQ(values.first(slot).text, value) << path;
    }
  }
}

TEST(Auditd, MessagesOfUserSpace) {
  const Outcome out = read(
      R"(type=USER_AUTH msg=audit(1364475353.159:24270): user pid=3280 uid=1000 auid=1000 ses=1 subj=unconfined_u:unconfined_r:unconfined_t:s0-s0:c0.c1023 msg='op=PAM:authentication acct="root" exe="/bin/su" hostname=? addr=? terminal=pts/0 res=failed')");
  ASSERT_EQ(out.records.size(), 1);
  const Kept& auth = out.records[0];
  EXPECT_EQ(auth.at("type"), "USER_AUTH");
  EXPECT_EQ(auth.at("op"), "PAM:authentication");
  EXPECT_EQ(auth.at("acct"), "root");
  EXPECT_EQ(auth.at("exe"), "/bin/su");
  EXPECT_EQ(auth.at("hostname"), "?");
  EXPECT_EQ(auth.at("res"), "failed");
  EXPECT_EQ(auth.at("msg"),
            R"(op=PAM:authentication acct="root" exe="/bin/su" hostname=? addr=? terminal=pts/0 res=failed)");
}

// linux-audit wiki, SPEC-Audit-Event-Enrichment: what log_format = ENRICHED adds stands behind 0x1D.
TEST(Auditd, EnrichedFields) {
  const Outcome out = read(
      "type=SYSCALL msg=audit(1481077012.112:1041): arch=c000003e syscall=59 success=yes auid=1000 uid=0 comm=\"id\" "
      "key=(null)\x1d"
      "ARCH=x86_64 SYSCALL=execve AUID=\"joe\" UID=\"root\"\n"
      "type=SOCKADDR msg=audit(1481077012.112:1041): saddr=020000357F000001\x1d"
      "SADDR={ saddr_fam=inet laddr=127.0.0.1 lport=53 }\n");
  ASSERT_EQ(out.records.size(), 2);
  EXPECT_EQ(out.records[0].at("SYSCALL"), "execve");
  EXPECT_EQ(out.records[0].at("AUID"), "joe");
  EXPECT_EQ(out.records[0].at("key"), "(null)");
  EXPECT_EQ(out.records[1].at("laddr"), "127.0.0.1");
  EXPECT_EQ(out.records[1].at("lport"), "53");
  EXPECT_EQ(out.records[1].scalars.size(), 6);  // type, audit_id, saddr and three
}

TEST(Auditd, SocketAddressesAreDecoded) {
  const auto at = [](std::string_view saddr, std::string_view path) {
    return read(fmt::format("type=SOCKADDR msg=audit(1.000:1): saddr={}", saddr)).records.at(0).at(path);
  };
  // sockaddr_in: family in host order, port and address in network order.
  EXPECT_EQ(at("0200005035DE1A02000000000000000", "laddr"), "(absent)") << "an odd number of digits";
  EXPECT_EQ(at("020001BB5DB8D8220000000000000000", "saddr_fam"), "inet");
  EXPECT_EQ(at("020001BB5DB8D8220000000000000000", "laddr"), "93.184.216.34");
  EXPECT_EQ(at("020001BB5DB8D8220000000000000000", "lport"), "443");
  // sockaddr_in6: port, flow, address, scope.
  EXPECT_EQ(at("0A0000350000000020010DB800000000000000000000000100000000", "laddr"), "2001:db8::1");
  EXPECT_EQ(at("01002F6465762F6C6F6700", "path"), "/dev/log");
  EXPECT_EQ(at("0100002F746D702F2E5831312D756E6978", "path"), "@/tmp/.X11-unix") << "an abstract name";
  EXPECT_EQ(at("100000000000000000000000", "saddr_fam"), "netlink");
  EXPECT_EQ(at("02", "saddr_fam"), "(absent)");
}

// auparse, typetab.h: AUPARSE_TYPE_ESCAPED; the kernel writes hexadecimal where a text holds blanks, quotes or
// controls.
TEST(Auditd, TextsInHexadecimal) {
  const Outcome out = read(
      "type=EXECVE msg=audit(1.000:7): argc=4 a0=\"sh\" a1=\"-c\" a2=6C73202D6C a3=\"41\"\n"
      "type=SYSCALL msg=audit(1.000:7): a0=6C73 comm=61206220 exe=\"/bin/sh\" key=6B310161\n"
      "type=PATH msg=audit(1.000:7): item=0 name=2F746D702FFF nametype=CREATE\n");
  ASSERT_EQ(out.records.size(), 3);
  EXPECT_EQ(out.records[0].at("a2"), "ls -l");
  EXPECT_EQ(out.records[0].at("a3"), "41") << "a quoted text is itself";
  EXPECT_EQ(out.records[1].at("a0"), "6C73") << "a number of the system call";
  EXPECT_EQ(out.records[1].at("comm"), "a b ");
  EXPECT_EQ(out.records[1].json.find(R"("key":["k1","a"])") != std::string::npos, true) << out.records[1].json;
  EXPECT_EQ(out.records[2].at("name"), "/tmp/\xEF\xBF\xBD");
}

TEST(Auditd, ArgumentsArePutTogether) {
  // audit_log_execve_info: a long argument comes as a1_len and parts, which may begin another line.
  constexpr std::string_view kText =
      "type=SYSCALL msg=audit(5.000:9): syscall=59 exe=\"/bin/echo\"\n"
      "type=EXECVE msg=audit(5.000:9): argc=3 a0=\"echo\" a1_len=6 a1[0]=\"abc\"\n"
      "type=EXECVE msg=audit(5.000:9): a1[1]=646566 a2=\"x y\"\n"
      "type=PROCTITLE msg=audit(5.000:9): proctitle=\"echo\"\n";
  EXPECT_EQ(
      values_of(kText, {"EXECVE.ARGV_STR", "EXECVE.ARGV{}", "EXECVE.a0", "a1"}),
      (Strings{"1 | echo abcdef x y | echo abcdef x y | echo |",
               "2 | echo abcdef x y | echo abcdef x y | echo | abcdef",
               "3 | echo abcdef x y | echo abcdef x y | echo |", "4 | echo abcdef x y | echo abcdef x y | echo |"}));
}

TEST(Auditd, InterleavedEventsAndNodes) {
  constexpr std::string_view kText =
      "node=a type=SYSCALL msg=audit(5.000:9): exe=\"/a\"\n"
      "node=b type=SYSCALL msg=audit(5.000:9): exe=\"/b\"\n"
      "node=a type=PROCTITLE msg=audit(5.000:9): proctitle=\"pa\"\n"
      "node=b type=PROCTITLE msg=audit(5.000:9): proctitle=\"pb\"\n";
  EXPECT_EQ(values_of(kText, {"node", "SYSCALL.exe", "PROCTITLE.proctitle"}),
            (Strings{"1 | a | /a | pa", "3 | a | /a | pa", "2 | b | /b | pb", "4 | b | /b | pb"}));
  EXPECT_EQ(read(kText).records[0].host, "a");
}

TEST(Auditd, EventsWithoutAnEndWaitForTwoSeconds) {
  constexpr std::string_view kText =
      "type=SYSCALL msg=audit(10.000:1): exe=\"/a\"\n"
      "type=SYSCALL msg=audit(11.000:2): exe=\"/b\"\n"
      "type=PATH msg=audit(10.000:1): name=\"/x\"\n"
      "type=SYSCALL msg=audit(12.000:3): exe=\"/c\"\n"
      "type=CWD msg=audit(10.000:1): cwd=\"/late\"\n";
  EXPECT_EQ(values_of(kText, {"SYSCALL.exe", "PATH{}.name", "CWD.cwd"}),
            (Strings{"1 | /a | /x |", "3 | /a | /x |", "5 | | | /late", "2 | /b | |", "4 | /c | |"}));
  const Outcome out = read(kText);
  EXPECT_EQ(out.codes(), Strings{"ING015"});
  EXPECT_EQ(out.stats.parsed, 5);
}

TEST(Auditd, WhatWaitsIsBounded) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += fmt::format("type=SYSCALL msg=audit(10.000:{}): exe=\"/a\"\n", i + 1);
  const Outcome out = read(text);
  ASSERT_EQ(out.records.size(), 1000);
  EXPECT_EQ(out.records.front().number, 1);
  EXPECT_EQ(out.records.back().number, 1000);
}

TEST(Auditd, BehindSyslogAndFromTheKernel) {
  const Outcome out = read(
      "Mar 28 15:36:03 web1 audispd: node=web1.lan type=CWD msg=audit(1364481363.243:1): cwd=\"/\"\n"
      "Mar 28 15:36:03 web1 kernel: [ 12.5] audit: type=1400 audit(1364481363.243:2): apparmor=\"DENIED\" "
      "operation=\"open\" comm=\"x\"\n"
      "{\"event\":\"type=CWD msg=audit(1364481363.243:3): cwd=\\\"/hec\\\"\",\"host\":\"h\"}\n");
  ASSERT_EQ(out.records.size(), 3);
  const auto& lines = out.records;  // the envelope's line waits for nothing and comes first
  EXPECT_EQ(lines[0].at("cwd"), "/hec");
  EXPECT_EQ(lines[0].host, "h");
  EXPECT_EQ(lines[1].at("cwd"), "/");
  EXPECT_EQ(lines[1].at("syslog.app"), "audispd");
  EXPECT_EQ(lines[1].host, "web1.lan");
  EXPECT_EQ(lines[2].at("type"), "AVC");
  EXPECT_EQ(lines[2].at("apparmor"), "DENIED");
  EXPECT_EQ(lines[2].host, "web1");
}

// Red Hat's SELinux guide, "Raw audit messages".
TEST(Auditd, SelinuxDenials) {
  const Outcome out = read(
      "type=AVC msg=audit(1226874073.147:96): avc:  denied  { getattr } for  pid=2465 comm=\"httpd\" "
      "path=\"/var/www/html/file1\" dev=dm-0 ino=284133 scontext=unconfined_u:system_r:httpd_t:s0 tclass=file");
  ASSERT_EQ(out.records.size(), 1);
  EXPECT_EQ(out.records[0].at("seresult"), "denied");
  EXPECT_EQ(out.records[0].at("seperms"), "getattr");
  EXPECT_EQ(out.records[0].at("path"), "/var/www/html/file1");
  EXPECT_EQ(out.records[0].at("tclass"), "file");
}

TEST(Auditd, BrokenLinesStayText) {
  for (const std::string_view line :
       {"type=SYSCALL msg=audit(1364481363:24287): a=b", "type=SYSCALL msg=audit(1364481363.243:24287 a=b",
        "type= msg=audit(1.000:1): a=b", "type=X msg=audit(99999999999999999.000:1): a=b", "audit(1.000:1)"}) {
    const Outcome out = read(line);
    ASSERT_EQ(out.records.size(), 1) << line;
    EXPECT_EQ(out.records[0].at("audit_id"), "(absent)") << line;
  }
  const Outcome open = read("type=X msg=audit(1.000:1): a=\"open b=1 msg='x=\"1");
  ASSERT_EQ(open.records.size(), 1);
  EXPECT_EQ(open.records[0].at("type"), "X");
  EXPECT_EQ(read("type=X msg=audit(1.000:1): a=\xFF").codes(), Strings{"ING008"});
}

}  // namespace
}  // namespace hecate::ingest::test
