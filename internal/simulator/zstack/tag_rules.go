package zstack

import (
	"regexp"
	"slices"
	"strings"
)

const (
	affinityTag     = "affinityGroupUuid"
	provisioningTag = "volumeProvisioningStrategy"
	maxTag          = 2048
)

// tagRule is the form of a kind of system tag: key::value, or the key alone. A tag without a rule is refused.
type tagRule struct {
	resourceType string
	value        *regexp.Regexp // nil for a tag that is its key alone
	repeatable   bool           // a resource may have several
}

var tagRules = map[string]tagRule{
	affinityTag:     {resourceType: typeVM, value: regexp.MustCompile(`^[0-9a-f]{32}$`)},
	"hostname":      {resourceType: typeVM, value: regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]{0,253}[A-Za-z0-9])?$`)},
	"vmPriority":    {resourceType: typeVM, value: regexp.MustCompile(`^(Normal|High)$`)},
	"ha":            {resourceType: typeVM, value: regexp.MustCompile(`^(NeverStop|OnHostFailure|None)$`)},
	"bootMode":      {resourceType: typeVM, value: regexp.MustCompile(`^(Legacy|UEFI|UEFI_WITH_CSM)$`)},
	"consoleMode":   {resourceType: typeVM, value: regexp.MustCompile(`^(vnc|spice|vncAndSpice)$`)},
	"cleanTraffic":  {resourceType: typeVM, value: regexp.MustCompile(`^(true|false)$`)},
	"usbRedirect":   {resourceType: typeVM, value: regexp.MustCompile(`^(true|false)$`)},
	"RDPEnable":     {resourceType: typeVM, value: regexp.MustCompile(`^(true|false)$`)},
	"bootOrder":     {resourceType: typeVM, value: regexp.MustCompile(`^(HardDisk|CdRom|Network)(,(HardDisk|CdRom|Network))*$`)},
	"soundType":     {resourceType: typeVM, value: regexp.MustCompile(`^(ich6|ich9|ac97)$`)},
	"windows":       {resourceType: typeVM, value: regexp.MustCompile(`^virtioVolume$`)},
	"driver":        {resourceType: typeVM, value: regexp.MustCompile(`^virtio$`)},
	"customMac":     {resourceType: typeVM, value: regexp.MustCompile(`^[0-9a-f]{32}::([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}$`), repeatable: true},
	"additionalQmp": {resourceType: typeVM},
	"numa":          {resourceType: typeVM},
	"packer":        {resourceType: typeVM},
	"userdata":      {resourceType: typeVM, value: regexp.MustCompile(`^[A-Za-z0-9+/]+=*$`)},
	"sshkey":        {resourceType: typeVM, value: regexp.MustCompile(`^\S.*$`)},
	"staticIp":      {resourceType: typeVM, value: regexp.MustCompile(`^[0-9a-f]{32}::[0-9a-fA-F.:]+$`), repeatable: true},
	provisioningTag: {resourceType: typeVolume, value: regexp.MustCompile(`^(ThinProvisioning|ThickProvisioning)$`)},
	"capability":    {resourceType: typeVolume, value: regexp.MustCompile(`^virtio-scsi$`)},
}

// checkSystemTags checks all system tags that a resource of a type is to have.
func (i *infrastructure) checkSystemTags(resourceType string, texts []string) *errorCode {
	var seen []string
	for _, text := range texts {
		key, value, valued := strings.Cut(text, "::")
		rule, known := tagRules[key]
		if !known || valued != (rule.value != nil) || rule.resourceType != resourceType || len(text) > maxTag {
			return newError(codeInvalidArgument, "no system tag matches[%s] for resourceType[%s]", text, resourceType)
		}
		if valued && !rule.value.MatchString(value) {
			return newError(codeInvalidArgument, "system tag[%s] has a value that is not valid", text)
		}
		if slices.Contains(seen, key) && !rule.repeatable {
			return newError(codeInvalidArgument, "only one system tag %s is allowed, %s is one more", key, text)
		}
		seen = append(seen, key)
		if key != affinityTag {
			continue
		}
		group, failure := i.groups.find("AffinityGroup", value)
		if failure != nil {
			return failure
		}
		if group.state != stateEnabled {
			return newError(codeOperationFailed, "affinity group[uuid:%s] is %s", group.uuid, group.state)
		}
	}

	return nil
}

func checkUserTags(texts []string) *errorCode {
	for _, text := range texts {
		if text == "" || len(text) > maxTag {
			return newError(codeInvalidArgument, "a user tag must have 1 to %d characters", maxTag)
		}
	}

	return nil
}
