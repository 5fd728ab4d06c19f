// Package fakezstack is what the small ZStacks of the services' unit tests have in common: a record of the calls, errors that a
// test orders, and jobs that go as a test wants them to. A service's fake embeds a [Node] and adds the inventory it needs.
package fakezstack
