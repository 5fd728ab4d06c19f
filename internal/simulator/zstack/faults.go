package zstack

// entryFault returns the injected fault that one entry of a clone call meets, nil if none. name is the entry's.
func (c *call) entryFault(name string) *errorCode {
	return c.server.faults.entry(c.operation.name, name)
}

// faultBox holds the injected faults.
type faultBox struct{}

func (b *faultBox) entry(_, _ string) *errorCode { return nil }
