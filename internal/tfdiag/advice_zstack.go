package tfdiag

import (
	"strings"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
)

const quotaAdvice = "Delete what it no longer needs, or ask an administrator to raise the quota. VMs and volumes in the " +
	"recycle bin count until they are expunged."

// codeGaveUp is ZStack's own time-out: an answer, but not one that says whether the request had an effect.
const codeGaveUp = "SYS.1001"

// zstackAdvice is about ZStack's error codes that are known to need more than their kind does: by the code, or by what the
// code begins with where a whole family needs the same. It is empty for unknown codes.
func zstackAdvice(failure *apierr.Error) string {
	switch failure.Code {
	case "SYS.1000":
		return "The management node failed in itself. Its log (management-server.log) says more, under the job's uuid."
	case codeGaveUp:
		if !failure.AnswerLost {
			return "ZStack ran out of its own time for an answer. Repeat when it is less busy."
		}

		return "ZStack ran out of its own time, and nobody knows yet whether it did what was asked. Run " + Command("plan") + ": it " +
			"reads what is there."
	case "SYS.1003":
		return "It does not exist, or the account may not see it. Check the uuid, and that nobody deleted the object outside " +
			product() + "."
	case "SYS.1006":
		return "The last of the messages says why. Put that right, then apply again."
	case "SYS.1007":
		return "Change the argument that the message names. Some need a newer version of ZStack than this one."
	case "SYS.1009", "SYS.1010", "SYS.1011", "SYS.1012":
		return "A part of ZStack, or one of its management nodes, can't be reached or is still starting. Repeat when it is up."
	case "ID.1000":
		return "Check zstack.account_name and zstack.password (environment: ZSTACK_ACCOUNT_NAME, ZSTACK_ACCOUNT_PASSWORD)."
	case "ID.1001":
		return "The session has ended and a new login did not help. " + ZStack.words().loginHint
	case "ID.1002":
		return "The account may not do this. Ask an administrator to share the object with the account or to grant the " +
			"permission, or log in as somebody who has it."
	case "ID.1003":
		return "The account's quota is used up. " + quotaAdvice
	case "ID.1006":
		return "The account has as many sessions as ZStack takes. Log some out, wait until they end by themselves, or log in " +
			"with an access key, which needs no session."
	case apierr.CodeClockSkew:
		return "This machine's clock and the management node's are more than 15 minutes apart, so ZStack takes no signature of an " +
			"access key. Set the clock that is wrong; a time server keeps both right."
	case apierr.CodeAccessKeyRefused:
		return "Check zstack.access_key_id and zstack.access_key_secret (environment: ZSTACK_ACCESS_KEY_ID, " +
			"ZSTACK_ACCESS_KEY_SECRET). If they are right, the management node's clock may be in another time zone than " +
			"zstack.time_zone says, which is UTC where it is not set: it compares the time of a request with its own clock without " +
			"heed to time zones. Give its zone there, such as Asia/Shanghai."
	case "HTTP 403":
		return "Something in front of ZStack refuses the call. Ask its administrator."
	case "HTTP 400", "HTTP 404", "HTTP 405":
		return "What answers does not know this call. Check that zstack.endpoint leads to a management node, and that its " +
			"version of ZStack is not too old for this."
	}

	return zstackFamilyAdvice(failure)
}

// zstackFamilyAdvice is about codes whose family alone matters: the part of the code before the dot.
func zstackFamilyAdvice(failure *apierr.Error) string {
	family, number, _ := strings.Cut(failure.Code, ".")
	switch family {
	case "VM":
		if number == "1010" {
			return "The VM's state does not allow this. Bring it into the state that the message asks for, then apply again."
		}

		return "The VM's host or its hypervisor refused. The last of the messages says why; the VM's own record in ZStack " +
			"shows what state it is in now."
	case "HOST_ALLOCATION":
		return "No host can take the VM: each lacks CPU or memory, is disabled or not connected, or is ruled out by cluster_uuid, " +
			"host_uuid or the affinity group. Free or enable one, or place the VM elsewhere."
	case "QUOTA":
		return "A quota of the account is used up. " + quotaAdvice
	case "HOST":
		return "A host can't be reached, or refused. Repeat when it is connected again, or place the VM on another one."
	case "PS", "PRIMARY_STORAGE_ALLOCATION":
		return "No primary storage has room for the volumes. Free some (expunging what lies in the recycle bin does), or " +
			"choose another one in primary_storage_uuid."
	case "L3":
		return "The network has no free address left. Add an IP range to it, or release addresses that nothing uses."
	case "VOLUME", "VOLUME_SNAPSHOT", "SNAPSHOT":
		return "The volume, or the storage that it lies on, refused. The last of the messages says why."
	default:
		return ""
	}
}
