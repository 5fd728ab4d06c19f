package tfdiag

// Platform says whose error a text is about.
type Platform int

// The platforms. The zero value is vSphere.
const (
	VSphere Platform = iota
	ZStack
)

// platformWords is how the texts speak of a platform.
type platformWords struct {
	name        string // the server, as the subject of a sentence
	block       string // its block in the provider's configuration
	endpointEnv string // environment variables that stand for the endpoint
	loginHint   string // where the credentials come from
}

func (p Platform) words() platformWords {
	if p == ZStack {
		return platformWords{
			name: "ZStack", block: "zstack", endpointEnv: "ZSTACK_HOST and ZSTACK_PORT",
			loginHint: "Check zstack.account_name and zstack.password, or zstack.access_key_id and " +
				"zstack.access_key_secret (environment: ZSTACK_ACCOUNT_NAME, ZSTACK_ACCOUNT_PASSWORD, " +
				"ZSTACK_ACCESS_KEY_ID, ZSTACK_ACCESS_KEY_SECRET).",
		}
	}

	return platformWords{
		name: "vCenter", block: "vsphere", endpointEnv: "VSPHERE_SERVER",
		loginHint: "Check vsphere.username and vsphere.password (environment: VSPHERE_USER, VSPHERE_PASSWORD). vCenter " +
			"wants the user name with its domain, such as administrator@vsphere.local.",
	}
}

// String returns the platform's name in the texts.
func (p Platform) String() string { return p.words().name }
