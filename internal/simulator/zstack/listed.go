package zstack

// listed is an object that the API only lists: no call of the simulator depends on it.
type listed struct {
	place

	kind string // of its query
	more record
}

func listedRecord(one *listed) record { return one.show(one.more) }
