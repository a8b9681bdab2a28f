-- A decision belongs to the adjustment as it was requested; with decision_by_four_eyes nobody approves a large one of their
-- own. That a transfer needs an approved adjustment stands in transfers.sql.
ALTER TABLE billing_adjustmentdecision ADD CONSTRAINT decision_of_adjustment
    FOREIGN KEY (adjustment_id, asked_by, second_needed)
    REFERENCES billing_adjustment (id, asked_by, second_needed);
