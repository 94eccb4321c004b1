#include "ingest/event_labels.h"

#include <algorithm>
#include <array>
#include <utility>

namespace hecate::ingest {
namespace {

struct Row {
  std::string_view section, label, name;
};

constexpr bool before(const Row& row, std::pair<std::string_view, std::string_view> key) {
  return row.section != key.first ? row.section < key.first : row.label < key.second;
}

// Microsoft, "Advanced security audit policy settings": what each event shows, and the XML beside it. Sorted.
constexpr std::array kRows{
    Row{"", "Authentication Package", "AuthenticationPackageName"},
    Row{"", "Error Code", "Status"},
    Row{"", "Logon Account", "TargetUserName"},
    Row{"", "Logon Type", "LogonType"},
    Row{"", "Privileges", "PrivilegeList"},
    Row{"", "Result Code", "Status"},
    Row{"", "Service Account", "AccountName"},
    Row{"", "Service File Name", "ImagePath"},
    Row{"", "Service File Name", "ServiceFileName"},
    Row{"", "Service Name", "ServiceName"},
    Row{"", "Service Start Type", "StartType"},
    Row{"", "Service Type", "ServiceType"},
    Row{"", "Source Workstation", "Workstation"},
    Row{"Access Request Information", "Access Mask", "AccessMask"},
    Row{"Access Request Information", "Accesses", "AccessList"},
    Row{"Account For Which Logon Failed", "Account Domain", "TargetDomainName"},
    Row{"Account For Which Logon Failed", "Account Name", "TargetUserName"},
    Row{"Account For Which Logon Failed", "Security ID", "TargetUserSid"},
    Row{"Account Information", "Account Domain", "TargetDomainName"},
    Row{"Account Information", "Account Name", "TargetUserName"},
    Row{"Account Information", "Security ID", "TargetUserSid"},
    Row{"Account That Was Locked Out", "Account Domain", "TargetDomainName"},
    Row{"Account That Was Locked Out", "Account Name", "TargetUserName"},
    Row{"Account That Was Locked Out", "Security ID", "TargetUserSid"},
    Row{"Account Whose Credentials Were Used", "Account Domain", "TargetDomainName"},
    Row{"Account Whose Credentials Were Used", "Account Name", "TargetUserName"},
    Row{"Account Whose Credentials Were Used", "Security ID", "TargetUserSid"},
    Row{"Additional Information", "Pre-Authentication Type", "PreAuthType"},
    Row{"Additional Information", "Privileges", "PrivilegeList"},
    Row{"Additional Information", "Ticket Encryption Type", "TicketEncryptionType"},
    Row{"Additional Information", "Ticket Options", "TicketOptions"},
    Row{"Creator Subject", "Account Domain", "SubjectDomainName"},
    Row{"Creator Subject", "Account Name", "SubjectUserName"},
    Row{"Creator Subject", "Logon ID", "SubjectLogonId"},
    Row{"Creator Subject", "Security ID", "SubjectUserSid"},
    Row{"Deleted Group", "Group Name", "TargetUserName"},
    Row{"Detailed Authentication Information", "Authentication Package", "AuthenticationPackageName"},
    Row{"Detailed Authentication Information", "Key Length", "KeyLength"},
    Row{"Detailed Authentication Information", "Logon Process", "LogonProcessName"},
    Row{"Detailed Authentication Information", "Package Name (NTLM only)", "LmPackageName"},
    Row{"Failure Information", "Failure Reason", "FailureReason"},
    Row{"Failure Information", "Sub Status", "SubStatus"},
    Row{"Group", "Group Domain", "TargetDomainName"},
    Row{"Group", "Group Name", "TargetUserName"},
    Row{"Group", "Security ID", "TargetSid"},
    Row{"Group", "Security ID", "TargetUserSid"},
    Row{"Logon Information", "Elevated Token", "ElevatedToken"},
    Row{"Logon Information", "Logon Type", "LogonType"},
    Row{"Member", "Account Name", "MemberName"},
    Row{"Member", "Security ID", "MemberSid"},
    Row{"Network Information", "Client Address", "IpAddress"},
    Row{"Network Information", "Client Port", "IpPort"},
    Row{"Network Information", "Object Type", "ObjectType"},
    Row{"Network Information", "Source Address", "IpAddress"},
    Row{"Network Information", "Source Network Address", "IpAddress"},
    Row{"Network Information", "Source Port", "IpPort"},
    Row{"Network Information", "Workstation Name", "WorkstationName"},
    Row{"New Account", "Account Domain", "TargetDomainName"},
    Row{"New Account", "Account Name", "TargetUserName"},
    Row{"New Account", "Security ID", "TargetUserSid"},
    Row{"New Group", "Group Name", "TargetUserName"},
    Row{"New Logon", "Account Domain", "TargetDomainName"},
    Row{"New Logon", "Account Name", "TargetUserName"},
    Row{"New Logon", "Logon GUID", "LogonGuid"},
    Row{"New Logon", "Logon ID", "TargetLogonId"},
    Row{"New Logon", "Security ID", "TargetUserSid"},
    Row{"Object", "Handle ID", "HandleId"},
    Row{"Object", "Object Name", "ObjectName"},
    Row{"Object", "Object Server", "ObjectServer"},
    Row{"Object", "Object Type", "ObjectType"},
    Row{"Process Information", "Caller Process ID", "ProcessId"},
    Row{"Process Information", "Caller Process Name", "ProcessName"},
    Row{"Process Information", "Creator Process ID", "ProcessId"},
    Row{"Process Information", "Creator Process Name", "ParentProcessName"},
    Row{"Process Information", "Mandatory Label", "MandatoryLabel"},
    Row{"Process Information", "New Process ID", "NewProcessId"},
    Row{"Process Information", "New Process Name", "NewProcessName"},
    Row{"Process Information", "Process Command Line", "CommandLine"},
    Row{"Process Information", "Process ID", "ProcessId"},
    Row{"Process Information", "Process Name", "ProcessName"},
    Row{"Process Information", "Token Elevation Type", "TokenElevationType"},
    Row{"Service Information", "Service Account", "AccountName"},
    Row{"Service Information", "Service File Name", "ServiceFileName"},
    Row{"Service Information", "Service Name", "ServiceName"},
    Row{"Service Information", "Service Start Type", "StartType"},
    Row{"Service Information", "Service Type", "ServiceType"},
    Row{"Share Information", "Relative Target Name", "RelativeTargetName"},
    Row{"Share Information", "Share Name", "ShareName"},
    Row{"Share Information", "Share Path", "ShareLocalPath"},
    Row{"Subject", "Account Domain", "SubjectDomainName"},
    Row{"Subject", "Account Name", "SubjectUserName"},
    Row{"Subject", "Logon ID", "SubjectLogonId"},
    Row{"Subject", "Security ID", "SubjectUserSid"},
    Row{"Target Account", "Account Domain", "TargetDomainName"},
    Row{"Target Account", "Account Name", "TargetUserName"},
    Row{"Target Account", "Security ID", "TargetSid"},
    Row{"Target Account", "Security ID", "TargetUserSid"},
    Row{"Target Computer", "Account Domain", "TargetDomainName"},
    Row{"Target Computer", "Account Name", "TargetUserName"},
    Row{"Target Computer", "Security ID", "TargetUserSid"},
    Row{"Target Server", "Target Server Name", "TargetServerName"},
    Row{"Target Subject", "Account Domain", "TargetDomainName"},
    Row{"Target Subject", "Account Name", "TargetUserName"},
    Row{"Target Subject", "Logon ID", "TargetLogonId"},
    Row{"Target Subject", "Security ID", "TargetUserSid"},
    Row{"Task Information", "Task Name", "TaskName"},
};

static_assert(std::is_sorted(kRows.begin(), kRows.end(),
                             [](const Row& a, const Row& b) { return before(a, {b.section, b.label}); }));

}  // namespace

EventNames names_of_label(std::string_view section, std::string_view label) {
  const std::pair key(section, label);
  const auto begin = std::lower_bound(kRows.begin(), kRows.end(), key, before);
  EventNames names;
  for (auto row = begin; row != kRows.end() && row->section == section && row->label == label; ++row) {
    if (names.count < names.names.size()) names.names[names.count++] = row->name;
  }
  return names;
}

}  // namespace hecate::ingest
