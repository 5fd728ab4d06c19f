package tfdiag

// Platform says which platform's error a text is about.
type Platform int

// The platforms. The zero value is vSphere.
const (
	VSphere Platform = iota
	ZStack
)

// platformWords is how the texts speak of a platform.
type platformWords struct {
	name         string // the server, as the subject of a sentence
	block        string // its block in the provider's configuration
	endpointEnv  string // environment variables that stand for the endpoint
	endpointHint string // what else is often wrong with the endpoint, a sentence; empty for nothing
	plainHint    string // what to do about a server that speaks plain HTTP
	pins         bool   // the block has a thumbprint
	loginHint    string // where the credentials come from
	task         string // its word for work that goes on after the answer
	remembers    string // how long it can be asked about a task that has ended
	cancels      bool   // a task can be asked to end
	pending      string // the attribute that holds the task while its end is not known
}

func (p Platform) words() platformWords {
	if p == ZStack {
		return platformWords{
			name: "ZStack", block: "zstack", endpointEnv: "ZSTACK_HOST and ZSTACK_PORT",
			endpointHint: "A management node without a TLS proxy in front of it speaks plain HTTP: give a URL such as " +
				"http://mn.example.com:8080 then.",
			plainHint: "A management node without a TLS proxy in front of it does: set zstack.endpoint (environment: ZSTACK_HOST) to a " +
				"URL that begins with http://, such as http://mn.example.com:8080.",
			loginHint: "Check zstack.account_name and zstack.password, or zstack.access_key_id and " +
				"zstack.access_key_secret (environment: ZSTACK_ACCOUNT_NAME, ZSTACK_ACCOUNT_PASSWORD, " +
				"ZSTACK_ACCESS_KEY_ID, ZSTACK_ACCESS_KEY_SECRET).",
			task: "job", remembers: "about three hours", pending: "pending_job_uuid",
		}
	}

	return platformWords{
		name: "vCenter", block: "vsphere", endpointEnv: "VSPHERE_SERVER", pins: true,
		plainHint: "A vCenter speaks TLS, at port 443 unless it was installed with another one: check the port of vsphere.endpoint " +
			"(environment: VSPHERE_SERVER). A simulator without TLS needs a URL that begins with http://.",
		loginHint: "Check vsphere.username and vsphere.password (environment: VSPHERE_USER, VSPHERE_PASSWORD). vCenter " +
			"wants the user name with its domain, such as administrator@vsphere.local.",
		task: "task", remembers: "some minutes", cancels: true, pending: "pending_task_id",
	}
}

// String returns the platform's name in the texts.
func (p Platform) String() string { return p.words().name }
