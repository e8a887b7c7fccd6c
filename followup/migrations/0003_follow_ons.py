"""Follow-ups that a signal asked for, what is asked in the row itself, and a patient's known high blood pressure."""

import django.db.models.deletion
import followup.core.lifecycle
from django.db import migrations, models


FILL = """
UPDATE followup_followup SET survey = step.survey FROM followup_planstep step WHERE step.id = plan_step_id
"""


class Migration(migrations.Migration):

    dependencies = [
        ('clinics', '0003_roster'),
        ('followup', '0002_guards'),
        ('surveys', '0002_guards'),
    ]

    operations = [
        migrations.AddField(
            model_name='followup',
            name='raised_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='follow_ons', to='followup.signal'),
        ),
        migrations.AddField(
            model_name='followup',
            name='survey',
            field=models.SlugField(default='', help_text='Key of what is asked; of the pinned version once it is open'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='patient',
            name='has_hypertension',
            field=models.BooleanField(default=False, help_text='Known high blood pressure: with it a severe headache is urgent (rule E7)'),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='followup',
            name='plan_step',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='followup.planstep'),
        ),
        migrations.AddConstraint(
            model_name='followup',
            constraint=models.UniqueConstraint(fields=('raised_by', 'survey'), name='follow_up_once_a_signal'),
        ),
        migrations.AddConstraint(
            model_name='followup',
            constraint=models.UniqueConstraint(condition=models.Q(('raised_by__isnull', False), ('status__in', [followup.core.lifecycle.FollowUpStatus['SCHEDULED'], followup.core.lifecycle.FollowUpStatus['OPEN']])), fields=('patient', 'survey'), name='follow_up_one_follow_on_a_survey'),
        ),
        migrations.AddConstraint(
            model_name='followup',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('plan_step__isnull', False), ('raised_by__isnull', True)), models.Q(('plan_step__isnull', True), ('raised_by__isnull', False)), _connector='OR'), name='follow_up_has_one_origin'),
        ),
    ]
