#include "content/entity_types.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace hecate::content {
namespace {

using Name = std::string_view;

constexpr std::array kAccount{Name("Name"),           Name("FullName"),    Name("NTDomain"),
                              Name("DnsDomain"),      Name("UPNSuffix"),   Name("Sid"),
                              Name("AadTenantId"),    Name("AadUserId"),   Name("PUID"),
                              Name("IsDomainJoined"), Name("DisplayName"), Name("ObjectGuid")};
constexpr std::array kAccountKeys{Name("FullName"),  Name("Sid"),  Name("Name"),
                                  Name("AadUserId"), Name("PUID"), Name("ObjectGuid")};
constexpr std::array kResource{Name("ResourceId")};
constexpr std::array kCloudApplication{Name("AppId"), Name("Name"), Name("InstanceName")};
constexpr std::array kCloudApplicationKeys{Name("AppId"), Name("Name")};
constexpr std::array kDns{Name("DomainName")};
constexpr std::array kFile{Name("Directory"), Name("Name")};
constexpr std::array kFileHash{Name("Algorithm"), Name("Value")};
constexpr std::array kHost{Name("DnsDomain"),   Name("NTDomain"),      Name("HostName"),   Name("FullName"),
                           Name("NetBiosName"), Name("AzureID"),       Name("OMSAgentID"), Name("OSFamily"),
                           Name("OSVersion"),   Name("IsDomainJoined")};
constexpr std::array kHostKeys{Name("FullName"), Name("HostName"), Name("NetBiosName"), Name("AzureID"),
                               Name("OMSAgentID")};
constexpr std::array kIotDevice{Name("DeviceId"),   Name("DeviceName"),         Name("Manufacturer"),
                                Name("Model"),      Name("FirmwareVersion"),    Name("OperatingSystem"),
                                Name("MacAddress"), Name("Protocols"),          Name("SerialNumber"),
                                Name("Source"),     Name("IoTSecurityAgentId"), Name("DeviceType")};
constexpr std::array kDeviceId{Name("DeviceId")};
constexpr std::array kAddress{Name("Address")};
constexpr std::array kMailbox{Name("MailboxPrimaryAddress"), Name("DisplayName"), Name("Upn"),
                              Name("ExternalDirectoryObjectId"), Name("RiskLevel")};
constexpr std::array kMailboxKeys{Name("MailboxPrimaryAddress")};
constexpr std::array kMailCluster{Name("NetworkMessageIds"),
                                  Name("CountByDeliveryStatus"),
                                  Name("CountByThreatType"),
                                  Name("CountByProtectionStatus"),
                                  Name("Threats"),
                                  Name("Query"),
                                  Name("QueryTime"),
                                  Name("MailCount"),
                                  Name("IsVolumeAnomaly"),
                                  Name("Source"),
                                  Name("ClusterSourceIdentifier"),
                                  Name("ClusterSourceType"),
                                  Name("ClusterQueryStartTime"),
                                  Name("ClusterQueryEndTime"),
                                  Name("ClusterGroup")};
constexpr std::array kMailClusterKeys{Name("Query"), Name("Source")};
constexpr std::array kMailMessage{Name("Recipient"),
                                  Name("Urls"),
                                  Name("Threats"),
                                  Name("Sender"),
                                  Name("P1Sender"),
                                  Name("P1SenderDisplayName"),
                                  Name("P1SenderDomain"),
                                  Name("SenderIP"),
                                  Name("P2Sender"),
                                  Name("P2SenderDisplayName"),
                                  Name("P2SenderDomain"),
                                  Name("ReceivedDate"),
                                  Name("NetworkMessageId"),
                                  Name("InternetMessageId"),
                                  Name("Subject"),
                                  Name("BodyFingerprintBin1"),
                                  Name("BodyFingerprintBin2"),
                                  Name("BodyFingerprintBin3"),
                                  Name("BodyFingerprintBin4"),
                                  Name("BodyFingerprintBin5"),
                                  Name("AntispamDirection"),
                                  Name("DeliveryAction"),
                                  Name("DeliveryLocation"),
                                  Name("Language"),
                                  Name("ThreatDetectionMethods")};
constexpr std::array kMailMessageKeys{Name("NetworkMessageId"), Name("Recipient")};
constexpr std::array kMalware{Name("Name"), Name("Category")};
constexpr std::array kName{Name("Name")};
constexpr std::array kProcess{Name("ProcessId"), Name("CommandLine"), Name("ElevationToken"), Name("CreationTimeUtc")};
constexpr std::array kProcessKeys{Name("CommandLine"), Name("ProcessId")};
constexpr std::array kRegistryKey{Name("Hive"), Name("Key")};
constexpr std::array kRegistryValue{Name("Name"), Name("Value"), Name("ValueType")};
constexpr std::array kSecurityGroup{Name("DistinguishedName"), Name("SID"), Name("ObjectGuid")};
constexpr std::array kSubmission{Name("NetworkMessageId"), Name("Timestamp"), Name("Recipient"),  Name("Sender"),
                                 Name("SenderIp"),         Name("Subject"),   Name("ReportType"), Name("SubmissionId"),
                                 Name("SubmissionDate"),   Name("Submitter")};
constexpr std::array kSubmissionKeys{Name("SubmissionId"), Name("NetworkMessageId"), Name("Recipient"),
                                     Name("Submitter")};
constexpr std::array kUrl{Name("Url")};

constexpr std::array kTypes{
    EntityType{"Account", "account", kAccount, kAccountKeys},
    EntityType{"AzureResource", "azure-resource", kResource, kResource},
    EntityType{"CloudApplication", "cloud-application", kCloudApplication, kCloudApplicationKeys},
    EntityType{"DNS", "dns", kDns, kDns},
    EntityType{"File", "file", kFile, kName},
    EntityType{"FileHash", "file-hash", kFileHash, kFileHash, true},
    EntityType{"Host", "host", kHost, kHostKeys},
    EntityType{"IoTDevice", "iot-device", kIotDevice, kDeviceId},
    EntityType{"IP", "ip", kAddress, kAddress},
    EntityType{"Mailbox", "mailbox", kMailbox, kMailboxKeys},
    EntityType{"MailCluster", "mail-cluster", kMailCluster, kMailClusterKeys},
    EntityType{"MailMessage", "mail-message", kMailMessage, kMailMessageKeys},
    EntityType{"Malware", "malware", kMalware, kName},
    EntityType{"Process", "process", kProcess, kProcessKeys},
    EntityType{"RegistryKey", "registry-key", kRegistryKey, kRegistryKey},
    EntityType{"RegistryValue", "registry-value", kRegistryValue, kName},
    EntityType{"SecurityGroup", "security-group", kSecurityGroup, kSecurityGroup},
    EntityType{"SubmissionMail", "submission-mail", kSubmission, kSubmissionKeys},
    EntityType{"URL", "url", kUrl, kUrl},
};

}  // namespace

std::span<const EntityType> entity_types() { return kTypes; }

const EntityType* find_entity_type(std::string_view name) {
  const auto found = std::find_if(kTypes.begin(), kTypes.end(),
                                  [&](const EntityType& type) { return equals_ignoring_case(type.name, name); });
  return found == kTypes.end() ? nullptr : &*found;
}

std::string_view find_identifier(const EntityType& type, std::string_view name) {
  const auto found = std::find_if(type.identifiers.begin(), type.identifiers.end(),
                                  [&](std::string_view known) { return equals_ignoring_case(known, name); });
  return found == type.identifiers.end() ? std::string_view() : *found;
}

}  // namespace hecate::content
