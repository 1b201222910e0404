"""What people see of shifts and absences beside the schedule's own page: reads only."""
