package zstack

// clause is a part of a query that a record meets or not.
type clause interface {
	met(shown record) (bool, *errorCode)
	// fields returns the fields that the clause names.
	fields() []string
	// each returns the clause with every condition replaced.
	each(replace conditionReplacer) (clause, *errorCode)
}

// conditionReplacer returns the condition that stands for another one.
type conditionReplacer func(condition) (condition, *errorCode)

// conjunction is met if all of its clauses are.
type conjunction []clause

// disjunction is met if one of its clauses is.
type disjunction []clause

// met asks every clause, so that a value of the wrong type is an error whatever the other clauses say.
func (c conjunction) met(shown record) (bool, *errorCode) {
	all := true
	for _, part := range c {
		met, failure := part.met(shown)
		if failure != nil {
			return false, failure
		}
		all = all && met
	}

	return all, nil
}

func (d disjunction) met(shown record) (bool, *errorCode) {
	one := false
	for _, part := range d {
		met, failure := part.met(shown)
		if failure != nil {
			return false, failure
		}
		one = one || met
	}

	return one, nil
}

func (c conjunction) fields() []string { return fieldsOf(c) }

func (d disjunction) fields() []string { return fieldsOf(d) }

func (c condition) fields() []string { return []string{c.field} }

func fieldsOf(parts []clause) []string {
	var fields []string
	for _, part := range parts {
		fields = append(fields, part.fields()...)
	}

	return fields
}

func (c conjunction) each(replace conditionReplacer) (clause, *errorCode) {
	replaced, failure := replaceAll(c, replace)

	return conjunction(replaced), failure
}

func (d disjunction) each(replace conditionReplacer) (clause, *errorCode) {
	replaced, failure := replaceAll(d, replace)

	return disjunction(replaced), failure
}

func (c condition) each(replace conditionReplacer) (clause, *errorCode) { return replace(c) }

func replaceAll(parts []clause, replace conditionReplacer) ([]clause, *errorCode) {
	replaced := make([]clause, len(parts))
	for i, part := range parts {
		var failure *errorCode
		if replaced[i], failure = part.each(replace); failure != nil {
			return nil, failure
		}
	}

	return replaced, nil
}
